/** The OpenAPI document, made from the schemas that check the calls. */
import * as z from 'zod/mini'
import { Problem } from './contract.ts'
import { ROUTES } from './routes.ts'
import type { Route } from './route.ts'

/** OpenAPI 3.1.1; its schemas are JSON Schema 2020-12. */
export function openApiDocument(version: string): object {
  return {
    openapi: '3.1.1',
    info: {
      title: 'stella',
      version,
      description: 'Cases of containers that died of memory, and what is live on this machine.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    security: [{ token: [] }, {}],
    components: {
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'Needed where the server listens beyond its own machine.',
        },
      },
      schemas: { Problem: schemaOf(Problem) },
    },
    paths: Object.fromEntries(
      [...Map.groupBy(ROUTES, pathOf)].map(([path, routes]) => [path, operationsOf(routes)]),
    ),
  }
}

function operationsOf(routes: readonly Route[]): object {
  return Object.fromEntries(routes.map((route) => [route.method, operationOf(route)]))
}

function operationOf(route: Route): object {
  const { method, summary, input, output, mediaType } = route
  return {
    operationId: nameOf(route),
    summary,
    parameters: [...pathParameters(route), ...(method === 'get' ? queryParameters(input) : [])],
    ...(method === 'post'
      ? { requestBody: { required: true, content: content(schemaOf(input, 'input')) } }
      : {}),
    responses: {
      '200': { description: 'The answer', content: content(schemaOf(output), mediaType) },
      default: {
        description: 'What is wrong, and what to do',
        content: content({ $ref: '#/components/schemas/Problem' }),
      },
    },
  }
}

function nameOf({ method, path }: Route): string {
  const words = path.split('/').filter((word) => word !== '' && word !== 'api')
  return [method, ...words.map((word) => word.replace(':', 'by-'))].join('-')
}

function pathOf({ path }: Route): string {
  return path.replaceAll(/:(\w+)/g, '{$1}')
}

function pathParameters({ path }: Route): object[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
}

function queryParameters(input: z.ZodMiniType): object[] {
  const { properties = {}, required = [] } = schemaOf(input, 'input')
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }))
}

function schemaOf(schema: z.ZodMiniType, io: 'input' | 'output' = 'output') {
  const { $schema: _, ...document } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    // That nobody here changes a list says nothing to a caller.
    override: ({ jsonSchema }) => void delete jsonSchema.readOnly,
  })
  return document
}

function content(schema: object, mediaType = 'application/json'): object {
  return { [mediaType]: { schema } }
}
