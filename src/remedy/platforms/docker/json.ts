/** Fields of JSON that stays JSON. */
import type { Json, JsonObject } from '../../../model/fix.ts'

export function jsonAt(value: JsonObject, key: string): JsonObject {
  const found = value[key]
  return isObject(found) ? found : {}
}

export function listAt(value: JsonObject, key: string): readonly Json[] {
  const found = value[key]
  return isList(found) ? found : []
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
