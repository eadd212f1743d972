import { formatBytes } from '../../../model/bytes.ts'
import type { Cataloger, Selection } from '../../../sbom/cataloger.ts'
import { CATALOGERS } from '../../../sbom/catalogers/index.ts'
import type { CommonFlags } from '../../common-flags.ts'
import type { CliContext } from '../../context.ts'
import { textTable } from '../../../report/table.ts'
import { print } from './print.ts'

export interface PluginsFlags extends CommonFlags {
  status?: boolean
}

/** There is no way to switch one off. */
const STATUS = 'on'
const SHOWN = 4

/** `stella scanner plugins list`. */
export function listPlugins(this: CliContext, flags: PluginsFlags): void {
  const hasStatus = flags.status === true
  const rows = CATALOGERS.map((each) => [
    each.id,
    ...(hasStatus ? [STATUS] : []),
    formatBytes(each.maxBytes),
    shortened(filesOf(each.selects)),
  ])
  print(this.io, flags, {
    document: {
      /** What `stella scanner plugins list --json` prints: who finds packages in images. */
      schema: 'stella.catalogers/1',
      catalogers: CATALOGERS.map(documentOf),
    },
    lines: textTable(
      ['Cataloger', ...(hasStatus ? ['Status'] : []), 'Files up to', 'Looks at'],
      rows,
      [hasStatus ? 2 : 1],
    ),
    quiet: CATALOGERS.map(({ id }) => id),
  })
}

function documentOf({ id, version, maxBytes, selects }: Cataloger) {
  return { id, version, status: STATUS, maxBytes, files: filesOf(selects) }
}

/** In the way that a shell would name them. */
function filesOf({
  names = [],
  endings = [],
  paths = [],
  folders = [],
  programs,
}: Selection): string[] {
  return [
    ...paths,
    ...folders.map((folder) => `${folder}/*`),
    ...names.map((name) => `**/${name}`),
    ...endings.map((ending) => `**/*${ending}`),
    ...(programs === true ? ['programs and libraries'] : []),
  ]
}

function shortened(files: readonly string[]): string {
  const others = files.length - SHOWN
  return [...files.slice(0, SHOWN), ...(others > 0 ? [`and ${others} more`] : [])].join(', ')
}
