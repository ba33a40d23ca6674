import { readFileSync } from 'node:fs';
import path from 'node:path';
import { demoMappings, scoreDemo, writeDemoData } from '../../examples/demo-data';
import { Sandbox } from '../connectors/support/sandbox';
import { readResult, runIdMapping } from './support/run-job';

let sandbox: Sandbox;
beforeEach(() => (sandbox = new Sandbox()));
afterEach(() => sandbox.remove());

const row = (one_id: string, id_value: string) => ({ one_id, id_type: 'phone', id_value });
const truth = {
  people: 2,
  personsOf: { 'phone:1': [0], 'phone:2': [0], 'phone:3': [1], 'phone:4': [1] },
  fakePhone: '0',
};

it.each([
  ['all right', ['x', 'x', 'y', 'y'], { users: 2, precision: 1, recall: 1 }],
  ['all in one', ['x', 'x', 'x', 'x'], { users: 1, precision: 2 / 6, recall: 1 }],
  ['all apart', ['a', 'b', 'c', 'd'], { users: 4, precision: 1, recall: 0 }],
  ['one missed', ['x', 'x', 'y', 'z'], { users: 3, precision: 1, recall: 0.5 }],
])('a result with %s is scored by pairs of IDs', (_, oneIds, expected) => {
  const rows = oneIds.map((oneId, index) => row(oneId, String(index + 1)));
  expect(scoreDemo(truth, rows)).toEqual(expected);
});

it('the demo data are the same every time', async () => {
  await writeDemoData(path.join(sandbox.root, 'a'));
  await writeDemoData(path.join(sandbox.root, 'b'));
  for (const name of ['customers.csv', 'orders.csv', 'newsletter.parquet', 'truth.json']) {
    const [a, b] = ['a', 'b'].map((folder) => readFileSync(path.join(sandbox.root, folder, name)));
    expect(a?.equals(b as Buffer)).toBe(true);
  }
});

it('the job finds nearly all people of the demo data, and leaves out the fake phone', async () => {
  const demoTruth = await writeDemoData(path.join(sandbox.root, 'demo'));
  const tables = Object.entries(demoMappings).map(([table, idMapping]) => ({
    name: `crm.main.${table}`,
    idMapping,
  }));
  const connections = { crm: { type: 'files', config: { path: path.join(sandbox.root, 'demo') } } };
  const { result } = await runIdMapping(sandbox, { tables, connections });
  expect(result.summary).toMatchObject({
    leftOut: [{ idType: 'phone', value: demoTruth.fakePhone }],
    leftOutCount: 1,
  });
  const score = scoreDemo(demoTruth, await readResult(sandbox));
  expect(score.users).toBe(result.summary.users);
  expect(score.users).toBeGreaterThan(0.95 * demoTruth.people);
  expect(score.users).toBeLessThan(1.05 * demoTruth.people);
  expect(score.precision).toBeGreaterThan(0.9);
  expect(score.precision).toBeLessThan(1);
  expect(score.recall).toBeGreaterThan(0.9);
  expect(score.recall).toBeLessThan(1);
});
