import { MIB } from '../../../model/bytes.ts'

/** Files and links of one archive; one of Docker has a handful per layer. */
export const MAX_MEMBERS = 65_536

/** Documents of an archive that passes by once: what names the layers is among them, and may come last. */
export const MAX_KEPT_BYTES = 8 * MIB
