import * as z from 'zod/mini'
import { ROUTES } from '../../src/server/routes.ts'
import type { Route } from '../../src/server/route.ts'

/** Every call of the API, as a page of the reference. */
export function apiReference(): string {
  const rooms = Map.groupBy(ROUTES, ({ path }) => path.split('/')[2] ?? '')
  return [
    '# The HTTP API',
    '',
    'This page is made from the program: `node scripts/docs.ts` writes it, and a test fails when it has fallen behind.',
    '',
    '`stella serve` answers these calls. A running server tells all types and bounds of what each takes and gives at',
    '`/api/openapi.json` (OpenAPI 3.1). A server that listens beyond its own machine asks for a token:',
    '`Authorization: Bearer TOKEN`. [The guide](../guides/serve.md) says how to run one. A question mark says that a field may be left out.',
    '',
    'What goes wrong is answered with `error`, what is wrong, and `todo`, what to do: 400 where the call is wrong, 401 and 403 where the',
    'caller may not, 404 where there is no such thing, 409 where it is another one by now, 422 where it cannot be done, 503 (with',
    '`Retry-After`) where too much is going on.',
    '',
    ...[...rooms].flatMap(([room, routes]) => [`## ${room}`, '', ...routes.flatMap(chapter)]),
  ].join('\n')
}

function chapter(route: Route): string[] {
  const { method, path, summary, mediaType } = route
  const takes = fieldsOf(route.input, 'input')
  const gives = fieldsOf(route.output, 'output')
  return [
    `### ${method.toUpperCase()} ${path.replaceAll(/:(\w+)/g, '{$1}')}`,
    '',
    `${summary}.`,
    '',
    ...(takes === '' ? [] : [`- Takes ${method === 'get' ? 'in the query' : 'as JSON'}: ${takes}`]),
    ...(gives === '' ? [`- Gives: ${mediaType ?? 'JSON'}`] : [`- Gives: ${gives}`]),
    '',
  ]
}

/** Names of the fields; those that may be left out have a question mark. */
function fieldsOf(schema: z.ZodMiniType, io: 'input' | 'output'): string {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return Object.keys(properties)
    .map((name) => `\`${name}\`${required.includes(name) ? '' : '?'}`)
    .join(', ')
}
