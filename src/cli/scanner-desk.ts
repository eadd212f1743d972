/** The desk of the scanner that a command is about: of a server, of a database, or of the data folder at hand. */
import { existsSync, readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join, resolve } from 'node:path'
import * as z from 'zod/mini'
import type { RemoteServer } from '../app/scanner/remote-call.ts'
import { remoteDesk } from '../app/scanner/remote-desk.ts'
import { usageError } from '../model/errors.ts'
import { errorCode } from '../model/error-code.ts'
import type { ScannerDesk } from '../scanning/desk.ts'
import { dataFolder } from '../store/data-folder.ts'
import type { Database } from '../store/database/types.ts'
import type { CliIo } from './context.ts'
import { databaseAddress } from './database-address.ts'
import { readToken } from './token.ts'

export interface DeskFlags {
  server?: URL
  database?: string
  data?: string
  tokenFile?: string
}

export interface OpenDesk {
  desk: ScannerDesk
  /** Nobody else can work while this command has it open: the database is embedded. */
  isAlone: boolean
  close(): Promise<void>
}

/**
 * Opens the desk: of `--server`, of the database of `--database`, of the `stella serve` that runs on the data folder, or of the
 * database in it.
 *
 * @throws StellaError (usage) where an address is none, (unreachable) where nobody answers
 */
export async function openDesk(io: CliIo, flags: DeskFlags): Promise<OpenDesk> {
  const server = flags.server ?? serverNamed(io.env['STELLA_SERVER'] ?? '')
  if (server !== null && flags.database === undefined) return remote(io, flags, server)
  const address = databaseAddress(flags.database, io.env)
  if (address !== '') {
    const { openServer } = await import('../store/database/open.ts')
    return overDatabase(io, await openServer(address), { isAlone: false })
  }
  const folder = dataFolder(flags.data, io.env, process.getuid?.() === 0)
  const serving = await servingOn(folder)
  if (serving !== null) return remote(io, flags, serving)
  io.becomeLean()
  const { openEmbedded } = await import('../store/database/open.ts')
  return overDatabase(io, await openEmbedded(folder, io.now()), { isAlone: true })
}

/**
 * The desk of a scanner whose workers run: of `--server`, or of the `stella serve` on the data folder. Null: there is none, or
 * nobody has asked anything of it yet.
 */
export async function runningDesk(io: CliIo, flags: DeskFlags): Promise<ScannerDesk | null> {
  const server = flags.server ?? serverNamed(io.env['STELLA_SERVER'] ?? '')
  if (server !== null) return remote(io, flags, server).desk
  const place = placeIn(dataFolder(flags.data, io.env, process.getuid?.() === 0))
  const url = place?.scanner === true ? await aliveAt(place) : null
  return url === null ? null : remote(io, flags, url).desk
}

/**
 * The desk of a scanner that somebody has used, for those who only look: nothing is begun and nothing is made. Null: nobody has.
 *
 * @throws StellaError as {@link openDesk}
 */
export async function usedDesk(io: CliIo, flags: DeskFlags): Promise<OpenDesk | null> {
  const server = flags.server ?? serverNamed(io.env['STELLA_SERVER'] ?? '')
  const address = databaseAddress(flags.database, io.env)
  if (server !== null || address !== '') return openDesk(io, flags)
  const folder = dataFolder(flags.data, io.env, process.getuid?.() === 0)
  const place = placeIn(folder)
  const serving = await aliveAt(place)
  if (serving !== null) return place?.scanner === true ? remote(io, flags, serving) : null
  if (!existsSync(join(folder, 'database', 'PG_VERSION'))) return null
  io.becomeLean()
  const { openEmbedded } = await import('../store/database/open.ts')
  const database = await openEmbedded(folder, io.now())
  if (await database.hasScannerWork()) return overDatabase(io, database, { isAlone: true })
  await database.close()
  return null
}

/** Which scanner that is, in a line without a secret: the same as long as the same is asked for. */
export function scannerName(io: CliIo, flags: DeskFlags): string {
  const server = flags.server ?? serverNamed(io.env['STELLA_SERVER'] ?? '')
  if (server !== null && flags.database === undefined) return server.origin + server.pathname
  const address = databaseAddress(flags.database, io.env)
  if (address === '') return resolve(dataFolder(flags.data, io.env, process.getuid?.() === 0))
  const { host, pathname } = new URL(address)
  return `postgres://${host}${pathname}`
}

/** The server that is asked: of `--server`, or the `stella serve` on the data folder. Null: there is none. */
export async function serverFor(io: CliIo, flags: DeskFlags): Promise<RemoteServer | null> {
  const named = flags.server ?? serverNamed(io.env['STELLA_SERVER'] ?? '')
  const url = named ?? (await servingOn(dataFolder(flags.data, io.env, process.getuid?.() === 0)))
  return url === null ? null : { url, token: readToken(flags.tokenFile, io.env) }
}

/** Opens the desk for the time of some work. */
export async function withDesk<Answer>(
  io: CliIo,
  flags: DeskFlags,
  work: (desk: ScannerDesk, about: Pick<OpenDesk, 'isAlone'>) => Promise<Answer>,
): Promise<Answer> {
  const open = await openDesk(io, flags)
  try {
    return await work(open.desk, open)
  } catch (error) {
    const { databaseTrouble } = await import('../store/database/open.ts')
    throw databaseTrouble(error, "the scanner's database")
  } finally {
    await open.close()
  }
}

/** Who does something, as the operating system calls them. */
export function userName(): string {
  try {
    return userInfo().username
  } catch {
    // Nobody has given this number a name.
    return `user ${process.getuid?.() ?? 'unknown'}`
  }
}

function remote({ env }: CliIo, { tokenFile }: DeskFlags, url: URL): OpenDesk {
  const desk = remoteDesk({ url, token: readToken(tokenFile, env) })
  return { desk, isAlone: false, close: () => Promise.resolve() }
}

async function overDatabase(
  io: CliIo,
  database: Database,
  { isAlone }: Pick<OpenDesk, 'isAlone'>,
): Promise<OpenDesk> {
  try {
    const [{ createDesk }, { hostBytes }, { sizeOf }, store] = await Promise.all([
      import('../scanning/store-desk.ts'),
      import('../app/scanner/host-bytes.ts'),
      import('../app/scanner/size-of.ts'),
      database.scanner({
        isSupervising: false,
        onTrouble: (says) => io.err(`stella: the queue of jobs: ${says}\n`),
      }),
    ])
    const desk = createDesk({
      store,
      now: io.now,
      // What the hosts of another database have, only they know.
      hostBytes: isAlone ? hostBytes() : null,
      sizeOf,
    })
    return { desk, isAlone, close: () => database.close() }
  } catch (error) {
    await database.close()
    throw error
  }
}

function serverNamed(text: string): URL | null {
  if (text === '') return null
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return new URL(text)
  throw usageError(
    `'${text.slice(0, 60)}' is no address of a server`,
    'STELLA_SERVER',
    'give a whole one, as in https://stella.example.com',
  )
}

/** What a `stella serve` writes down while it runs. */
const Place = z.object({
  pid: z.int().check(z.minimum(1)),
  url: z.url(),
  scanner: z._default(z.boolean(), false),
})
const PROBE_MS = 2_000

/** The server that runs on a data folder; null: none does. */
async function servingOn(folder: string): Promise<URL | null> {
  return aliveAt(placeIn(folder))
}

async function aliveAt(place: z.infer<typeof Place> | null): Promise<URL | null> {
  if (place === null || !isAlive(place.pid)) return null
  try {
    const probe = await fetch(new URL('healthz', place.url), {
      signal: AbortSignal.timeout(PROBE_MS),
      redirect: 'manual',
    })
    await probe.body?.cancel()
    return probe.ok ? new URL(place.url) : null
  } catch {
    return null
  }
}

function placeIn(folder: string): z.infer<typeof Place> | null {
  try {
    const read = z.safeParse(Place, JSON.parse(readFileSync(join(folder, 'serve.json'), 'utf8')))
    return read.success ? read.data : null
  } catch {
    return null
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // It is another user's.
    return errorCode(error) === 'EPERM'
  }
}
