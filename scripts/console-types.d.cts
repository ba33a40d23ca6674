/** Makes the module of types for an OpenAPI document. */
export function typesOf(document: {
  components: { schemas?: Record<string, object> };
  paths: Record<string, Record<string, object>>;
}): string;
