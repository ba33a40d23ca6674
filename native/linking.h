/*
 * Who is one user, and what is counted of users: the loops of components.ts and users.ts over all cells,
 * which wait for memory most of the time, and here ask for it ahead.
 */
#ifndef TABLEGATE_LINKING_H
#define TABLEGATE_LINKING_H

#include <stddef.h>
#include <stdint.h>

/* Of a cell without an ID, an ID that links nobody, and one without a user. */
#define NO_ID UINT32_MAX

/*
 * Joins the IDs of a column with the first ID of their row that links.
 * @param parents of each ID a smaller one of its component, or itself where it is the smallest
 * @param before columns of the same table that were joined before
 */
void linking_join(uint32_t *parents, const uint32_t *column, size_t rows, uint32_t *const *before, size_t before_count);

/*
 * Numbers the components in the order of their smallest IDs.
 * @param user_of written: the user of each ID. @param ids written: how many each user has; all 0 before
 * @return how many users there are
 */
uint32_t linking_number_users(const uint32_t *parents, size_t id_count, uint32_t *user_of, uint32_t *ids);

/*
 * Puts the smallest of these hashes of IDs of a user in the place of a larger one.
 * @param words three a user: the halves of a hash, the lower one first, and the place of its type, or NO_ID
 * @param user_of of the IDs. @param hashes of them, as pairs of words. @param place of their type
 */
void linking_represent(uint32_t *words, const uint32_t *user_of, size_t id_count, const uint32_t *hashes,
                       uint32_t place);

/*
 * Writes the users of rows that have none so far.
 * @return how many rows have got one
 */
size_t linking_users_of_rows(uint32_t *users, const uint32_t *column, size_t rows, const uint32_t *user_of);

#endif
