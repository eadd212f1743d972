import { formatBytes } from '../../src/model/bytes.ts'

/** A size in binary units, with its bytes at hand. */
export function Size({ bytes }: { bytes: number | null }) {
  if (bytes === null) return <span class="faint">not known</span>
  return (
    <data class="size" value={bytes} title={`${bytes.toLocaleString('en')} bytes`}>
      {formatBytes(bytes)}
    </data>
  )
}
