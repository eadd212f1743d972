/** JSON Schema of a type, with what its comments say. */
import {
  SymbolFlags,
  TypeFlags,
  type Checker,
  type Symbol,
  type Type,
} from 'typescript/unstable/sync'
import { DOCUMENT_NAME } from './program.ts'

export interface JsonSchema {
  $ref?: string
  type?: string
  const?: string | number | boolean
  enum?: (string | number)[]
  format?: string
  description?: string
  properties?: Record<string, JsonSchema>
  required?: string[]
  additionalProperties?: JsonSchema
  items?: JsonSchema
  prefixItems?: JsonSchema[]
  anyOf?: JsonSchema[]
}

/** Field names that hold a time wherever they stand. */
const TIME = /^(?:at|since|until|[a-z]+At)$/
/** How the comment of any other begins. */
const SAID_TIME = /^RFC 3339/

/** Makes schemas of types that may name one another. */
export class SchemaWriter {
  readonly #checker: Checker
  /** Of types with a name. */
  readonly definitions = new Map<string, JsonSchema>()
  readonly #names = new Map<number, string>()

  constructor(checker: Checker) {
    this.#checker = checker
  }

  /** Of a whole document, which has its name from elsewhere. */
  document(name: string, type: Type): JsonSchema {
    const { properties = {}, required = [], ...rest } = this.#object(type, name)
    const { schema = {}, ...fields } = properties
    const { description: _, ...named } = schema
    return {
      ...rest,
      properties: { schema: { ...named, type: 'string', const: name }, ...fields },
      required: ['schema', ...required.filter((field) => field !== 'schema')],
    }
  }

  #of(type: Type, path: string): JsonSchema {
    if (type.isStringLiteralType() || type.isNumberLiteralType()) return { const: type.value }
    if (type.isBooleanLiteralType()) return { const: type.value }
    if (type.isUnionType()) return this.#union(type, path)
    if (type.flags & (TypeFlags.String | TypeFlags.TemplateLiteral)) return { type: 'string' }
    if (type.flags & TypeFlags.Number) return { type: 'number' }
    if (type.flags & TypeFlags.Boolean) return { type: 'boolean' }
    if (type.flags & TypeFlags.Null) return { type: 'null' }
    if (this.#checker.isTupleType(type)) {
      const prefixItems = this.#arguments(type).map((item) => this.#of(item, `${path}[]`))
      return { type: 'array', prefixItems }
    }
    if (this.#checker.isArrayType(type)) {
      const [item] = this.#arguments(type)
      return { type: 'array', items: item === undefined ? {} : this.#of(item, `${path}[]`) }
    }
    if (type.isObjectType() || type.isIntersectionType()) return this.#named(type, path)
    throw new Error(
      `${path}: nothing is known of it but '${this.#checker.typeToString(type)}'; give it a type`,
    )
  }

  #arguments(type: Type): readonly Type[] {
    return type.isTypeReference() ? this.#checker.getTypeArguments(type) : []
  }

  #union(type: Type, path: string): JsonSchema {
    const members = (type.isUnionType() ? type.getTypes() : []).filter(
      ({ flags }) => !(flags & TypeFlags.Undefined),
    )
    const recursive = this.#names.get(type.id)
    if (recursive !== undefined) return { $ref: `#/$defs/${recursive}` }
    const alias = type.getAliasSymbol()?.name
    if (alias !== undefined && members.some((member) => member.isObjectType())) {
      return this.#define(alias, type, () => this.#members(members, path))
    }
    return this.#members(members, path)
  }

  #members(members: readonly Type[], path: string): JsonSchema {
    const texts = members.flatMap((member) => (member.isStringLiteralType() ? [member.value] : []))
    const numbers = members.flatMap((each) => (each.isNumberLiteralType() ? [each.value] : []))
    const booleans = members.filter((member) => member.isBooleanLiteralType())
    const others = members.filter((member) => !member.isLiteralType())
    const anyOf = [
      ...(texts.length + numbers.length === 0
        ? []
        : [{ enum: [...numbers.toSorted((a, b) => a - b), ...texts.toSorted()] }]),
      ...(booleans.length === 2 ? [{ type: 'boolean' }] : []),
      ...(booleans.length === 1 ? booleans.map((member) => this.#of(member, path)) : []),
      ...others.filter(isNoNull).map((member) => this.#of(member, path)),
      ...(others.every(isNoNull) ? [] : [{ type: 'null' }]),
    ]
    const [only] = anyOf
    return anyOf.length === 1 && only !== undefined ? only : { anyOf }
  }

  /** A document within another has its own file; an interface stands once. */
  #named(type: Type, path: string): JsonSchema {
    const document = this.#documentName(type)
    if (document !== null) return { $ref: schemaFile(document) }
    const known = this.#names.get(type.id)
    if (known !== undefined) return { $ref: `#/$defs/${known}` }
    const symbol = type.getAliasSymbol() ?? type.getSymbol()
    const isNamed =
      symbol !== undefined && (symbol.flags & (SymbolFlags.Interface | SymbolFlags.TypeAlias)) !== 0
    const isGeneric = type.getAliasTypeArguments().length > 0 || this.#arguments(type).length > 0
    return isNamed && !isGeneric
      ? this.#define(symbol.name, type, () => this.#object(type, path))
      : this.#object(type, path)
  }

  #define(name: string, type: Type, write: () => JsonSchema): JsonSchema {
    let unique = name
    for (let number = 2; this.#isTaken(unique); number += 1) unique = `${name}${number}`
    this.#names.set(type.id, unique)
    this.definitions.set(unique, write())
    return { $ref: `#/$defs/${unique}` }
  }

  #isTaken(name: string): boolean {
    return [...this.#names.values()].includes(name)
  }

  #documentName(type: Type): string | null {
    const property = this.#checker.getPropertyOfType(type, 'schema')
    const value = property === undefined ? undefined : this.#checker.getTypeOfSymbol(property)
    return value?.isStringLiteralType() === true && DOCUMENT_NAME.test(value.value)
      ? value.value
      : null
  }

  #object(type: Type, path: string): JsonSchema {
    const symbols = this.#checker.getPropertiesOfType(type)
    const [index] = this.#checker.getIndexInfosOfType(type)
    if (symbols.length === 0 && index === undefined && this.#saysNothing(type)) {
      throw new Error(`${path}: nothing is known of its fields; give it a type`)
    }
    const properties: Record<string, JsonSchema> = {}
    const required: string[] = []
    for (const symbol of symbols) {
      const field = this.#checker.getTypeOfSymbol(symbol)
      // The other forms of a document have it.
      if (field === undefined || field.flags & TypeFlags.Undefined) continue
      const written = this.#of(field, `${path}.${symbol.name}`)
      const description = symbol.getDocumentationComment(this.#checker).replaceAll(/\s+/g, ' ')
      properties[symbol.name] = {
        ...(TIME.test(symbol.name) || SAID_TIME.test(description) ? asTime(written) : written),
        ...(description === '' ? {} : { description }),
      }
      if (!mayBeLeftOut(symbol, field)) required.push(symbol.name)
    }
    return {
      type: 'object',
      ...(symbols.length === 0 ? {} : { properties }),
      ...(required.length === 0 ? {} : { required }),
      ...(index === undefined
        ? {}
        : { additionalProperties: this.#of(index.valueType, `${path}.*`) }),
    }
  }

  /** `object` and `{}` of a declaration; an empty literal `{}` is one that says something. */
  #saysNothing(type: Type): boolean {
    return (type.flags & TypeFlags.NonPrimitive) !== 0
  }
}

/** What is `undefined` does not stand in JSON. */
export function mayBeLeftOut({ flags }: Symbol, type: Type): boolean {
  const members = type.isUnionType() ? type.getTypes() : [type]
  return (
    (flags & SymbolFlags.Optional) !== 0 ||
    members.some((member) => (member.flags & TypeFlags.Undefined) !== 0)
  )
}

function isNoNull({ flags }: Type): boolean {
  return (flags & TypeFlags.Null) === 0
}

/** Texts in it are times. */
function asTime(schema: JsonSchema): JsonSchema {
  if (schema.type === 'string') return { ...schema, format: 'date-time' }
  return schema.anyOf === undefined ? schema : { ...schema, anyOf: schema.anyOf.map(asTime) }
}

/** The file of a document's schema, in the folder of all. */
export function schemaFile(name: string): string {
  return `${name.replace('/', '-')}.schema.json`
}
