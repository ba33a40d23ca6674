import { ScriptLife } from '../../../scheduling/scripts/life';

test('what somebody saves between a roll back and its submission is not submitted by it', async () => {
  const store = {
    scripts: { version: async () => ({ text: 'former', config: null }) },
    audit: { writeAll: async () => undefined },
  };
  let revision = 1;
  const access = { find: async () => ({ script: { id: 's', revision: String(revision) } }) };
  const save = async () => {
    revision += 1;
    const saved = { revision: String(revision) };
    // Somebody else is quick.
    revision += 1;
    return saved;
  };
  const parts = [{ store }, access, { save }, {}] as unknown[] as ConstructorParameters<
    typeof ScriptLife
  >;
  const ask = { version: 1, submit: true, remarks: '' };
  const caller = { tenant: 'default', userId: 'ann', name: 'Ann', role: 'developer' } as never;
  await expect(new ScriptLife(...parts).rollBack(caller, 's', ask)).rejects.toMatchObject({
    code: 'staleVersion',
  });
});
