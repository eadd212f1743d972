import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LAUNCHER } from '../../scripts/lib/repo.ts'
import type { BuiltImage } from '../../scripts/images/build.ts'

/** The folder that a bench works in; it removes it at the end. */
export function workFolder(): string {
  return mkdtempSync(join(tmpdir(), 'stella-bench-scan-'))
}

/** `stella scan image`, without what is known of layers from before. */
export function scanOurs(place: string, output: string, data: string): readonly string[] {
  return [...scanWarm(place, output, data), '--retry']
}

/** With what it knows. */
export function scanWarm(place: string, output: string, data: string): readonly string[] {
  const flags = ['--format', 'cyclonedx', '--output', output, '--data', data, '--quiet']
  return [LAUNCHER, 'scan', 'image', place, ...flags]
}

/** In every form in which there is one; a stream is read from standard input. */
export function placesOf({ oci, docker, stream }: BuiltImage): readonly {
  form: string
  place: string
  input: (() => AsyncIterable<Uint8Array>) | null
}[] {
  return [
    ...(oci === null ? [] : [{ form: 'gzip', place: `oci:${oci}`, input: null }]),
    ...(docker === null
      ? []
      : [{ form: 'uncompressed', place: `docker-archive:${docker}`, input: null }]),
    ...(stream === null ? [] : [{ form: 'stream', place: '-', input: stream }]),
  ]
}
