import type { Recipe } from '../image.ts'
import { DAMAGED } from './damaged.ts'
import { MIB, hostile, repeated } from './hostile-image.ts'
import { RECORDS } from './records.ts'

const PARAGRAPH =
  'Package: again\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.0\n' +
  `Description: ${'long '.repeat(500)}\n\n`

/** Images that were made to do harm, most of them to take memory. They may be refused, but nothing may run out. */
export const HOSTILE = {
  'hostile-status': hostile('a package database of 1 GiB', () => [
    { path: 'var/lib/dpkg/status', body: repeated(PARAGRAPH, 1024 * MIB) },
  ]),
  'hostile-json': hostile('a package.json of 200 MiB', () => [
    {
      path: 'srv/node_modules/large/package.json',
      body: repeated('{"name":"large","a":[', 200 * MIB),
    },
  ]),
  'hostile-folder': hostile('a million packages in one folder', function* () {
    for (let at = 0; at < 1_000_000; at++) {
      yield {
        path: `srv/node_modules/p${at}/package.json`,
        body: `{"name":"p${at}","version":"1.0.0"}`,
      }
    }
  }),
  'hostile-depth': hostile('folders 50,000 deep', () => [
    { path: `${'a/'.repeat(50_000)}package.json`, body: '{"name":"deep","version":"1.0.0"}' },
  ]),
  'hostile-links': hostile('a million links', function* () {
    for (let at = 0; at < 1_000_000; at++) {
      yield { path: `l${at}`, kind: 'symbolic-link', target: `l${at + 1}` }
    }
  }),
  ...RECORDS,
  ...DAMAGED,
} as const satisfies Readonly<Record<string, Recipe>>
