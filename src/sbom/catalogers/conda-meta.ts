/**
 * What conda, mamba and pixi have installed in an environment: `conda-meta/NAME-VERSION-BUILD.json`. They list every file of
 * the package, and so may have many MiB. https://docs.conda.io/projects/conda-build/en/stable/resources/package-spec.html
 */
import { MIB } from '../../model/bytes.ts'
import { textField } from '../../parsers/json-fields.ts'
import type { Cataloger, Found, StreamCatalog } from '../cataloger.ts'
import { wanted } from '../languages/json-places.ts'
import { installedPackage } from '../languages/package.ts'
import { readJson } from '../languages/read.ts'

const NAMES = ['name', 'version', 'build', 'build_string', 'channel', 'subdir', 'fn', 'license']
const FIELDS = wanted(...NAMES.map((name) => [name]))
const MAX_FIELD_BYTES = 16 * 1024
const SUBDIR = /^(?:noarch|(?:emscripten|freebsd|linux|osx|wasi|win|zos)-\w+)$/

export const condaMeta: Cataloger = {
  id: 'conda-meta',
  title: 'environments of conda, mamba and pixi',
  version: 1,
  selects: {
    endings: ['.json'],
    accepts: (path) => /(?:^|\/)conda-meta\/[^/]+\.json$/.test(path),
  },
  maxBytes: 256 * MIB,
  reads: 'stream',
  open,
}

function open(): StreamCatalog {
  const fields: Record<string, unknown> = {}
  return readJson(FIELDS, MAX_FIELD_BYTES, {
    value(value, [field = '']) {
      fields[field] = value
      return undefined
    },
    end: () => packageOf(fields),
  })
}

function packageOf(fields: Record<string, unknown>): readonly Found[] {
  const { name, version, license } = fields
  return installedPackage({
    type: 'conda',
    name,
    version,
    // https://github.com/package-url/purl-spec/blob/main/types/conda-definition.json
    qualifiers: {
      build: fields['build'] ?? fields['build_string'],
      channel: channelName(textField(fields, 'channel')),
      subdir: fields['subdir'],
      type: /\.(conda|tar\.bz2)$/.exec(textField(fields, 'fn') ?? '')?.[1],
    },
    licences: [license],
  })
}

/**
 * `https://host/t/TOKEN/conda-forge/linux-64` is the channel `conda-forge`: its address may hold a token or a password, and none
 * is passed on.
 */
function channelName(channel: string | null): string | null {
  if (channel === null || !channel.includes('/')) return channel
  const path = channel.replace(/^[a-z+]+:\/\/[^/]*/i, '').replace(/\/t\/[^/]+/, '')
  return path.split('/').findLast((name) => name !== '' && !SUBDIR.test(name)) ?? null
}
