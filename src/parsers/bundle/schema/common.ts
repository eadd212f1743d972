import * as z from 'zod/mini'

export const text = z.string()
export const textOrNull = z.nullable(z.string())
export const number = z.number()
export const numberOrNull = z.nullable(z.number())
/** A size: nothing holds less than nothing, and what says so was not written by us. */
export const bytes = z.number().check(z.minimum(0))
export const bytesOrNull = z.nullable(bytes)
/** A field that bundles of earlier versions do not have. */
export const laterNumber = z._default(z.nullable(z.number()), null)
export const laterBytes = z._default(bytesOrNull, null)
export const laterText = z._default(z.nullable(z.string()), null)
export const flag = z.boolean()
export const flagOrNull = z.nullable(z.boolean())
export const texts = z.array(z.string())

/** JSON has no maps; they stand as lists of pairs, which keeps order and any key. */
export const numbersByName = z.pipe(
  z.array(z.tuple([text, number])),
  z.transform((pairs) => new Map(pairs)),
)
export const textsByName = z.pipe(
  z.array(z.tuple([text, text])),
  z.transform((pairs) => new Map(pairs)),
)

export const processMemory = {
  pid: number,
  name: text,
  rssBytes: bytesOrNull,
  anonRssBytes: bytesOrNull,
  fileRssBytes: bytesOrNull,
  shmemRssBytes: bytesOrNull,
  totalVmBytes: bytesOrNull,
  pageTableBytes: bytesOrNull,
  swapBytes: bytesOrNull,
  oomScoreAdj: numberOrNull,
  badness: numberOrNull,
  uid: numberOrNull,
}

const pressureLine = z.object({
  avg10: number,
  avg60: number,
  avg300: number,
  totalMicroseconds: number,
})

export const pressureOrNull = z.nullable(
  z.object({ some: z.nullable(pressureLine), full: z.nullable(pressureLine) }),
)
