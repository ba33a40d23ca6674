import { readFileSync } from 'node:fs';
import { workflowBundle } from '../support/workflow-bundle';

test('the code of the workflows holds no schemas or phone plans, which every run would build anew', async () => {
  const { codePath } = await workflowBundle();
  const code = readFileSync(codePath, 'utf8');
  expect(code).toContain('node_modules/@temporalio/workflow/');
  expect(code).not.toContain('node_modules/zod/');
  expect(code).not.toContain('node_modules/libphonenumber-js/');
});
