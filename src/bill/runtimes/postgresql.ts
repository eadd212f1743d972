import { formatBytes, KIB } from '../../model/bytes.ts'
import type { RuntimeItem, RuntimeView } from '../../model/bill.ts'
import type { ProcessState } from '../../model/facts.ts'
import type { Question } from '../../model/question.ts'
import { parseSmaps } from '../../parsers/proc/smaps.ts'
import { sumKnown } from '../processes.ts'
import { postgresFindings } from './postgresql/findings.ts'
import type { PostgresProcess } from './postgresql/process.ts'
import { isPostmaster, roleOf } from './postgresql/roles.ts'
import type { Role } from './postgresql/roles.ts'
import { postgresSettings } from './postgresql/settings.ts'
import type { PostgresSettings } from './postgresql/settings.ts'
import { answerText } from './runtime.ts'
import type { Runtime, RuntimeContext } from './runtime.ts'
import { childrenOf, isMaster } from './worker-tree/tree.ts'

/** PostgreSQL: the postmaster and its children, of which each connection is one. */
export const postgresql: Runtime = {
  id: 'postgresql',
  recognise: (process, processes) => isMaster(process, processes, isPostmaster),
  questions,
  view,
}

function questions(postmaster: ProcessState): Question[] {
  // The postmaster stands in its data directory, whatever -D and PGDATA say.
  const elsewhere = configurationFile(postmaster.command)
  return [
    file('main', elsewhere ?? 'cwd/postgresql.conf'),
    file('auto', 'cwd/postgresql.auto.conf'),
    file('version', 'cwd/PG_VERSION'),
    file('maps', 'maps'),
  ]
}

function file(id: string, path: string): Question {
  return { kind: 'file', id, path, maxBytes: 512 * KIB }
}

/** Debian keeps it below /etc: `-c config_file=/etc/postgresql/15/main/postgresql.conf`. */
function configurationFile(command: readonly string[]): string | null {
  const word = command.find((one) => /^(?:-c|--)?config[_-]file=/.test(one))
  const path = word?.slice(word.indexOf('=') + 1)
  return path?.startsWith('/') === true ? `root${path}` : null
}

function view(postmaster: ProcessState, context: RuntimeContext): RuntimeView {
  const tree: PostgresProcess[] = [
    { process: postmaster, role: 'postmaster' },
    ...childrenOf(postmaster, context.processes).flatMap((process) => {
      const role = roleOf(process)
      return role === null ? [] : [{ process, role }]
    }),
  ]
  const version = /^\d{1,2}(?:\.\d)?/.exec(answerText(context, 'version') ?? '')?.[0] ?? null
  const settings = postgresSettings(
    {
      main: answerText(context, 'main'),
      auto: answerText(context, 'auto'),
      majorVersion: version === null ? null : Number.parseInt(version, 10),
    },
    postmaster,
  )
  const items = itemsOf(tree, settings, sharedReservation(answerText(context, 'maps')))
  const known = tree.every(({ process }) => process.pssBytes !== null)
  const resident = known ? sumKnown(tree.map(({ process }) => process.pssBytes)) : null
  const named = sumKnown(items.map(({ bytes }) => bytes)) ?? 0
  return {
    runtime: postgresql.id,
    pid: postmaster.pid,
    version: version === null ? null : `PostgreSQL ${version}`,
    items: known ? items : [],
    residentBytes: resident,
    unattributedBytes: resident === null ? null : resident - named,
    findings: postgresFindings({ tree, settings, context }),
  }
}

/** PSS divides each page among all that map it: over the whole tree each counts once. */
function itemsOf(
  tree: readonly PostgresProcess[],
  settings: PostgresSettings | null,
  reservedBytes: number | null,
): RuntimeItem[] {
  const all = tree.map(({ process }) => process)
  const shared = settings?.sharedBuffersBytes ?? null
  const roles: Role[] = [
    'client backend',
    'parallel worker',
    'autovacuum worker',
    'replication',
    'background',
    'postmaster',
  ]
  const items: RuntimeItem[] = [
    {
      name: 'shared memory: shared_buffers, WAL buffers, locks',
      bytes: sumKnown(all.map(({ pssShmemBytes }) => pssShmemBytes)),
      reservedBytes,
      capBytes: reservedBytes ?? shared,
      cap: shared === null ? null : `shared_buffers ${formatBytes(shared)}, and what goes with it`,
      source: 'smaps_rollup Pss_Shmem of all',
    },
    ...roles.map((role) => ofRole(role, tree, settings)),
    {
      name: 'program and libraries',
      bytes: sumKnown(all.map(({ pssFileBytes }) => pssFileBytes)),
      reservedBytes: null,
      capBytes: null,
      cap: null,
      source: 'smaps_rollup Pss_File of all',
    },
  ]
  return items.filter(({ bytes }) => bytes !== null && bytes > 0)
}

const WORDS: Readonly<Record<Role, string>> = {
  'client backend': 'backends of clients',
  'parallel worker': 'parallel workers',
  'autovacuum worker': 'autovacuum workers',
  replication: 'replication',
  background: 'background processes',
  postmaster: 'postmaster',
}

function ofRole(
  role: Role,
  tree: readonly PostgresProcess[],
  settings: PostgresSettings | null,
): RuntimeItem {
  const own = tree.filter((one) => one.role === role)
  const count = role === 'postmaster' ? '' : ` (${own.length})`
  const autovacuum =
    role === 'autovacuum worker' && settings !== null
      ? settings.autovacuumWorkers * settings.autovacuumWorkMemBytes
      : null
  return {
    name: `${WORDS[role]}${count}, what each has for itself`,
    bytes: sumKnown(own.map(({ process }) => process.pssAnonBytes)),
    reservedBytes: null,
    capBytes: autovacuum,
    cap:
      autovacuum !== null
        ? 'autovacuum_max_workers × autovacuum_work_mem'
        : role === 'client backend' && settings !== null
          ? `no bound: ${settings.maxConnections} connections, each with work_mem (${formatBytes(settings.workMemBytes)}) for each sort or hash`
          : null,
    source: 'smaps_rollup Pss_Anon of each',
  }
}

/** The mapping that holds shared_buffers: anonymous shared memory, which the kernel shows as /dev/zero, or System V's. */
function sharedReservation(maps: string | null): number | null {
  if (maps === null) return null
  const shared = parseSmaps(maps).regions.filter(
    ({ name, permissions }) =>
      permissions.endsWith('s') &&
      /^\/(?:dev\/zero|SYSV|anon_hugepage|dev\/shm\/PostgreSQL)/.test(name),
  )
  return shared.length === 0 ? null : shared.reduce((sum, { start, end }) => sum + end - start, 0)
}
