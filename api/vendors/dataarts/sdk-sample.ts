import { pythonLiteral, type CodeSample } from '../../openapi/samples';
import { collectionCalls } from './calls';
import { exampleBodies } from './examples';
import { paramNames } from '../../routes/path';

/** Models that the vendor's SDK has for the bodies. */
const models: Record<string, string> = {
  createTask: 'MetadataCollectionTask',
  updateTaskInfo: 'MetadataCollectionTask',
  showTaskList: 'QueryTaskRequest',
  showInstanceLog: 'JobLogRequest',
};

/** What the SDK's requests have beside the body. */
const queries: Record<string, Record<string, string>> = {
  executeTaskAction: { action: 'run' },
};

/**
 * A call in the vendor's SDK for Python, signed with an access key.
 * @returns none for the call that gives out tokens: the SDK signs
 */
export function sdkSamples(operationId: string, baseUrl: string): CodeSample[] {
  const call = collectionCalls.find(({ name }) => name === operationId);
  if (!call) return [];
  const method = operationId.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const requestName = operationId.replace(/^./, (letter) => letter.toUpperCase());
  const ids = paramNames(call.path).filter((name) => name !== 'project_id');
  const given = {
    workspace: 'default',
    ...Object.fromEntries(ids.map((name) => [name, `<${name}>`])),
    ...queries[operationId],
  };
  const args = Object.entries(given).map(([name, value]) => `${name}=${pythonLiteral(value)}`);
  const body = call.body ? exampleBodies[operationId] : undefined;
  const model = models[operationId];
  const bodyLines =
    body === undefined || model === undefined
      ? []
      : [`request.body = dataarts.${model}(**${pythonLiteral(body)})`];
  const source = [
    '# pip install huaweicloudsdkdataartsstudio',
    'import os',
    '',
    'import huaweicloudsdkdataartsstudio.v1 as dataarts',
    'from huaweicloudsdkcore.auth.credentials import BasicCredentials',
    '',
    'credentials = BasicCredentials(',
    '    os.environ["TABLEGATE_ACCESS_KEY_ID"],',
    '    os.environ["TABLEGATE_ACCESS_KEY_SECRET"],',
    '    "default",  # the project',
    ')',
    'client = (',
    '    dataarts.DataArtsStudioClient.new_builder()',
    '    .with_credentials(credentials)',
    `    .with_endpoint(${pythonLiteral(baseUrl)})`,
    '    .build()',
    ')',
    `request = dataarts.${requestName}Request(${args.join(', ')})`,
    ...bodyLines,
    `print(client.${method}(request))`,
  ].join('\n');
  return [{ lang: 'Python', label: 'SDK (Python)', source }];
}
