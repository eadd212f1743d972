/** What arbitrary facts are made of. */
import fc from 'fast-check'

export const text = fc.string({ unit: 'binary', maxLength: 20 })
export const orNull = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.option(value, { nil: null })
export const textOrNull = orNull(text)
export const number = fc
  .oneof(fc.nat(), fc.double({ noNaN: true, noDefaultInfinity: true }))
  .map(withoutMinusZero)
export const numberOrNull = orNull(number)
export const bytes = number.map(Math.abs)
export const bytesOrNull = orNull(bytes)
export const flag = fc.boolean()
export const flagOrNull = orNull(flag)
export const texts = fc.array(text, { maxLength: 3 })
export const numbers = mapOf(number)
const pressureLine = fc.record({
  avg10: number,
  avg60: number,
  avg300: number,
  totalMicroseconds: number,
})
export const pressure = orNull(
  fc.record({ some: orNull(pressureLine), full: orNull(pressureLine) }),
)

/** JSON has no minus zero. */
function withoutMinusZero(value: number): number {
  return value === 0 ? 0 : value
}

export function mapOf<T>(value: fc.Arbitrary<T>): fc.Arbitrary<ReadonlyMap<string, T>> {
  return fc.array(fc.tuple(text, value), { maxLength: 3 }).map((pairs) => new Map(pairs))
}

export function withOptional<T, K extends string, V>(
  key: K,
  value: fc.Arbitrary<V>,
  rest: fc.Arbitrary<T>,
): fc.Arbitrary<T & { [k in K]?: V }> {
  return fc
    .tuple(rest, fc.record({ [key]: value }, { requiredKeys: [] }))
    .map(([required, optional]) => ({ ...required, ...optional }))
}
