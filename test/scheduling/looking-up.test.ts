/** Questions about results, as the service puts them to a worker. */
import { LookUps } from '../../scheduling/look-ups';
import { idChain, lookedUpUser, task } from '../support/samples';
import { FakeGateway } from './support/fake-gateway';
import { admin, refusalOf } from './support/service';

const phone = { idType: 'phone', value: '0138' };
const email = { idType: 'email', value: 'ann@x.org' };

function service(job = task.job): { lookUps: LookUps; gateway: FakeGateway } {
  const gateway = new FakeGateway();
  const tasks = { get: async () => ({ ...task, job }) };
  return { lookUps: new LookUps({ gateway }, tasks), gateway };
}

it('asks with the tables and the config of the task as it is now', async () => {
  const config = { output: 'main.users' };
  const { lookUps, gateway } = service({ type: 'id-mapping', config });
  gateway.answer = { kind: 'user', user: lookedUpUser };
  expect(await lookUps.user(admin, task.id, phone)).toEqual(lookedUpUser);
  gateway.answer = { kind: 'chain', chain: idChain };
  expect(await lookUps.chain(admin, task.id, { from: phone, to: email })).toEqual(idChain);
  const asked = {
    ...{ tenant: 'default', taskId: task.id, taskNumber: task.number, config },
    tables: task.tables.map(({ name }) => name),
  };
  expect(gateway.lookUps).toEqual([
    { ...asked, question: { about: 'user', id: phone } },
    { ...asked, question: { about: 'chain', from: phone, to: email } },
  ]);
});

it('refuses a task whose job resolves no IDs, and asks nobody', async () => {
  const { lookUps, gateway } = service({ type: 'sync-script', config: {} });
  expect(await refusalOf(lookUps.user(admin, task.id, phone))).toMatchObject({
    code: 'noIdMapping',
    message: 'The task "Unify" has a job of the type sync-script; ask one whose job is id-mapping.',
  });
  expect(gateway.lookUps).toEqual([]);
});

it('refuses with the code and the sentence of the worker', async () => {
  const { lookUps, gateway } = service();
  gateway.answer = { kind: 'refused', code: 'differentUsers', detail: 'They are two.' };
  expect(await refusalOf(lookUps.chain(admin, task.id, { from: phone, to: email }))).toMatchObject({
    ...{ code: 'differentUsers', message: 'They are two.' },
  });
});
