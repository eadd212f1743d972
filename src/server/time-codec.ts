import * as z from 'zod/mini'

/** RFC 3339 in UTC outside, an instant inside. */
export const time = z.codec(z.iso.datetime(), z.number(), {
  decode: (written) => Date.parse(written),
  encode: (at) => new Date(at).toISOString(),
})
time.register(z.globalRegistry, { type: 'string', format: 'date-time' })
