import { pythonLiteral, type CodeSample } from '../../openapi/samples';
import type { Action } from './action';

/** The call in the vendor's SDK for Python, of which only the endpoint is other than at the vendor. */
export function sdkSample({ name, example }: Action, baseUrl: string): CodeSample {
  const { protocol, host } = new URL(baseUrl);
  const method = name.replaceAll(/(?<!^)(?=[A-Z])/g, '_').toLowerCase();
  const fields = Object.entries(example).map(([field, text]) => [
    field,
    /^[[{]/.test(text) ? (JSON.parse(text) as unknown) : text,
  ]);
  const source = `# pip install alibabacloud-dataworks-public20240518
import os

from alibabacloud_dataworks_public20240518 import models
from alibabacloud_dataworks_public20240518.client import Client
from alibabacloud_tea_openapi.models import Config

client = Client(
    Config(
        access_key_id=os.environ["TABLEGATE_ACCESS_KEY_ID"],
        access_key_secret=os.environ["TABLEGATE_ACCESS_KEY_SECRET"],
        endpoint=${pythonLiteral(host)},
        protocol=${pythonLiteral(protocol.replace(':', '').toUpperCase())},
    )
)
request = models.${name}Request().from_map(
    ${pythonLiteral(Object.fromEntries(fields)).replaceAll('\n', '\n    ')}
)
print(client.${method}(request).body.to_map())`;
  return { lang: 'Python', label: 'SDK (Python)', source };
}
