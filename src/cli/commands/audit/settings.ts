import { existsSync } from 'node:fs'
import { dirname, matchesGlob, relative, resolve, sep } from 'node:path'
import { NO_CONFIG, readAuditConfig, type AuditConfig } from '../../../audit/config.ts'
import type { HostSettings, Rule, Severity } from '../../../audit/rule.ts'
import { RULES } from '../../../audit/rules/index.ts'
import type { CliIo } from '../../context.ts'
import { readWhole } from '../simulate/read-text.ts'
import { withoutEnd } from '../../../model/without-end.ts'

/** What of the call decides how files are judged. */
interface SettingFlags {
  config?: string
  exclude?: readonly string[]
  pedantic?: boolean
  failOn?: Severity
  live?: boolean
  cgroup?: 'v1' | 'v2'
  hostMemory?: number
}

/** How files are judged: what the call says, and behind it what the configuration of the repository says. */
export interface Settings {
  host: HostSettings
  /** Those that are not switched off, and of those that are silent by themselves those that are asked for. */
  rules: readonly Rule[]
  /** Rules that are switched off, with their reasons. */
  off: ReadonlyMap<string, string>
  /** The mildest severity that fails. */
  failOn: Severity
  /** Of an absolute path. */
  isExcluded(path: string): boolean
}

const FILE_NAME = '.stella-audit.yaml'

/**
 * The settings of a call. Where it names no configuration, the one of the folder it is run in counts, if there is one.
 *
 * @throws StellaError 2 where the configuration is wrong, 3 where it does not exist or cannot be read
 */
export async function settingsOf(io: CliIo, flags: SettingFlags): Promise<Settings> {
  const path = flags.config ?? FILE_NAME
  const config = await configAt(io, path, flags.config !== undefined)
  const { off } = config
  const globs = [
    ...excludesIn(dirname(resolve(path)), config.exclude),
    ...excludesIn(process.cwd(), flags.exclude ?? []),
  ]
  // What is seen of this machine counts, and not what the repository says of another.
  const { cgroup: stated, hostMemoryBytes } = flags.live === true ? NO_CONFIG : config
  const cgroup = flags.cgroup ?? stated
  return {
    host: {
      cgroup: cgroup === null ? null : cgroup === 'v1' ? 1 : 2,
      memoryBytes: flags.hostMemory ?? hostMemoryBytes,
    },
    rules: RULES.filter(({ id, isOptional }) => {
      const isAskedFor = flags.pedantic === true || config.isPedantic || config.on.has(id)
      return !off.has(id) && (isOptional !== true || isAskedFor)
    }),
    off,
    failOn: flags.failOn ?? config.failOn ?? 'info',
    isExcluded: (file) => globs.some((isMeant) => isMeant(file)),
  }
}

async function configAt(io: CliIo, path: string, isNamed: boolean): Promise<AuditConfig> {
  if (!isNamed && !existsSync(path)) return NO_CONFIG
  return readAuditConfig({ path, text: await readWhole(io, path) })
}

/** A glob without a slash is a name at any depth, and a folder stands for all below it, as in .gitignore. */
function excludesIn(folder: string, globs: readonly string[]): ((file: string) => boolean)[] {
  return globs.map((glob) => {
    const bare = plain(withoutEnd(glob.replace(/^\.?\//, ''), '/'))
    const whole = bare.includes('/') ? bare : `**/${bare}`
    return (file) => {
      const parts = plain(relative(folder, file)).split(sep)
      return parts.some((_, at) => matchesGlob(parts.slice(0, at + 1).join('/'), whole))
    }
  })
}

/** Stars leave names out that begin with a dot; as in .gitignore, here they do not: such dots become letters. */
function plain(path: string): string {
  return path.replace(/(^|[/{,(|])\.(?!\.?(?:\/|$))/g, '$1\u2024')
}
