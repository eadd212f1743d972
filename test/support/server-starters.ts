import { chmodSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { TestGroup } from './cgroups.ts'
import { run, tryRun, until } from './testbed.ts'

/** Starts real servers in a group, with all their files in a folder of the test's own. None listens on a port. */

export function pidsIn(group: TestGroup): number[] {
  return group.read('cgroup.procs').split('\n').filter(Boolean).map(Number)
}

/** Processes whose command line reads so: a fork that has not yet written its title is none. */
export function titledIn(group: TestGroup, title: RegExp): number {
  return pidsIn(group).filter((pid) => {
    try {
      return title.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '))
    } catch {
      return false
    }
  }).length
}

export interface StartedServer {
  pid: number
  /** Runs the server's own client. */
  client: (...args: string[]) => string
}

function startIn(group: TestGroup, argv: readonly string[]): number {
  const { pid, child } = group.start(argv)
  child.stdout?.resume()
  return pid
}

export async function startRedis(
  group: TestGroup,
  folder: string,
  ...options: readonly string[]
): Promise<StartedServer> {
  const socket = join(folder, 'redis.sock')
  const pid = startIn(group, [
    ...['redis-server', '--port', '0', '--unixsocket', socket, '--dir', folder, '--save', ''],
    ...['--enable-debug-command', 'yes', ...options],
  ])
  const ask = ['redis-cli', '-s', socket]
  await until('redis answers', () => tryRun([...ask, 'ping']).stdout.includes('PONG'))
  return { pid, client: (...args) => run([...ask, ...args]) }
}

/** The newest one installed; Debian keeps each version in a folder of its own. */
function postgresProgram(name: string): string {
  const found = globSync(`/usr/lib/postgresql/*/bin/${name}`).toSorted().at(-1)
  if (found === undefined) throw new Error(`there is no ${name}`)
  return found
}

/** It refuses to run as root. */
const AS_POSTGRES = ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups']

export async function startPostgres(
  group: TestGroup,
  folder: string,
  settings: string,
): Promise<StartedPostgres> {
  run(['chown', 'postgres:postgres', folder])
  const data = join(folder, 'data')
  const init = [postgresProgram('initdb'), '-D', data, '-A', 'trust', '-U', 'postgres', '--no-sync']
  run([...AS_POSTGRES, ...init])
  const local = `listen_addresses = ''\nunix_socket_directories = '${folder}'\nfsync = off\nlog_min_messages = panic\n`
  writeFileSync(join(data, 'postgresql.conf'), local + settings)
  return runPostgres(group, folder)
}

export interface StartedPostgres extends StartedServer {
  /** As a service manager does it: connections end at once, and nothing is lost. */
  stop(): Promise<void>
}

/** On a folder where one was started before, and has ended. */
export async function runPostgres(group: TestGroup, folder: string): Promise<StartedPostgres> {
  const program = [postgresProgram('postgres'), '-D', join(folder, 'data')]
  const { pid, child, ended } = group.start([...AS_POSTGRES, ...program])
  child.stdout?.resume()
  const ask = ['psql', '-X', '-q', '-t', '-A', '-h', folder, '-U', 'postgres']
  await until('postgres answers', () => tryRun([...ask, '-c', 'select 1']).status === 0)
  return {
    pid,
    client: (...args) => run([...ask, ...args]),
    async stop() {
      process.kill(pid, 'SIGINT')
      await ended
    },
  }
}

/** A client that runs one statement and stays. */
function stayConnected(group: TestGroup, folder: string, statement: string): void {
  const { child } = group.start([
    ...['sh', '-c', '(echo "$1"; sleep 600) | psql -X -q -h "$2" -U postgres >/dev/null'],
    ...['sh', statement, folder],
  ])
  child.stdout?.resume()
}

/** Five clients that have read a table of some 70 MiB and are idle, and one that holds it sorted in memory. */
export async function readAndSort(
  group: TestGroup,
  folder: string,
  client: StartedServer['client'],
): Promise<void> {
  const table = 'select i, repeat(md5(i::text), 3) s from generate_series(1, 500000) i'
  client('-c', `create table t as ${table}`)
  for (let clients = 0; clients < 5; clients++) {
    stayConnected(group, folder, 'select count(*) from t;')
  }
  const cursor = 'declare c cursor for select s from t order by s; fetch 1 from c;'
  stayConnected(group, folder, `set work_mem = '150MB'; begin; ${cursor}`)
  const waiting =
    "select count(*) from pg_stat_activity where state in ('idle', 'idle in transaction')"
  await until('all wait', () => client('-c', waiting).startsWith('6'))
}

/** A server of web pages. */
export interface StartedWorkers {
  pid: number
}

export interface StartedApplication extends StartedWorkers {
  /** Asks for a path, `/20`: the worker that answers keeps as many MiB, and says its PID. */
  get: (path: string) => Promise<string>
}

export async function startNginx(
  group: TestGroup,
  folder: string,
  main: string,
): Promise<StartedWorkers> {
  const socket = join(folder, 'nginx.sock')
  const configuration = join(folder, 'nginx.conf')
  writeFileSync(
    configuration,
    `${main}\npid ${folder}/nginx.pid; daemon off; error_log ${folder}/error.log;
events { worker_connections 64; }
http { access_log off; server { listen unix:${socket}; } }\n`,
  )
  const pid = startIn(group, ['nginx', '-c', configuration])
  await accepts(socket)
  return { pid }
}

/** An application whose workers take as much as their request says, and keep it. */
const PYTHON_APP = `import os
import urllib.parse

inherited = bytearray(os.urandom(1 << 20) * int(os.environ.get('INHERIT_MIB', '0')))
kept = []

def app(environ, start_response):
    kept.append(os.urandom(1 << 20) * int(urllib.parse.unquote(environ['PATH_INFO'].strip('/') or '0')))
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [str(os.getpid()).encode()]
`

export async function startGunicorn(
  group: TestGroup,
  folder: string,
  inheritMib: number,
  ...options: readonly string[]
): Promise<StartedApplication> {
  const socket = join(folder, 'gunicorn.sock')
  writeFileSync(join(folder, 'app.py'), PYTHON_APP)
  const pid = startIn(group, [
    ...['env', '-C', folder, `INHERIT_MIB=${inheritMib}`],
    ...['gunicorn', '--bind', `unix:${socket}`, '--log-level', 'error', ...options, 'app:app'],
  ])
  await accepts(socket)
  return { pid, get: (path) => get(socket, path) }
}

export async function startUwsgi(
  group: TestGroup,
  folder: string,
  ini: string,
): Promise<StartedApplication> {
  const socket = join(folder, 'uwsgi.sock')
  writeFileSync(join(folder, 'app.py'), PYTHON_APP)
  const file = join(folder, 'uwsgi.ini')
  writeFileSync(
    file,
    `[uwsgi]\nplugin = python3\nmaster = true\nhttp-socket = ${socket}\nwsgi-file = ${folder}/app.py\ncallable = app\ndisable-logging = true\nlogto = ${folder}/log\n${ini}`,
  )
  const pid = startIn(group, ['uwsgi', '--ini', file])
  await accepts(socket)
  return { pid, get: (path) => get(socket, path) }
}

/** Pools by name with their settings; each answers on `<name>.sock`. */
export async function startPhpFpm(
  group: TestGroup,
  folder: string,
  pools: Readonly<Record<string, string>>,
  ini: string,
): Promise<StartedWorkers> {
  mkdirSync(join(folder, 'pool.d'), { recursive: true })
  const configuration = join(folder, 'php-fpm.conf')
  writeFileSync(
    configuration,
    `[global]\nerror_log = ${folder}/log\ninclude=${folder}/pool.d/*.conf\n`,
  )
  writeFileSync(join(folder, 'php.ini'), ini)
  for (const [name, settings] of Object.entries(pools)) {
    const pool = `[${name}]\nuser = www-data\nlisten = ${folder}/${name}.sock\n${settings}`
    writeFileSync(join(folder, 'pool.d', `${name}.conf`), pool)
  }
  chmodSync(folder, 0o755)
  const program = globSync('/usr/sbin/php-fpm*').toSorted().at(-1) ?? 'php-fpm'
  const pid = startIn(group, [program, '-F', '-y', configuration, '-c', join(folder, 'php.ini')])
  for (const name of Object.keys(pools)) await accepts(join(folder, `${name}.sock`))
  return { pid }
}

export async function startApache(
  group: TestGroup,
  folder: string,
  prefork: string,
): Promise<StartedWorkers> {
  const configuration = join(folder, 'apache.conf')
  const port = 21_000 + (process.pid % 20_000)
  const modules = '/usr/lib/apache2/modules'
  writeFileSync(
    configuration,
    `ServerRoot ${folder}
LoadModule mpm_prefork_module ${modules}/mod_mpm_prefork.so
LoadModule authz_core_module ${modules}/mod_authz_core.so
ServerName localhost\nListen 127.0.0.1:${port}\nPidFile ${folder}/apache.pid\nErrorLog ${folder}/log\n${prefork}`,
  )
  const pid = startIn(group, ['apache2', '-D', 'FOREGROUND', '-f', configuration])
  await until('apache listens', () => pidsIn(group).length > 1)
  return { pid }
}

function get(socketPath: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path }, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => (text += chunk.toString()))
      response.on('end', () => resolve(text))
    })
    asked.on('error', reject)
    asked.end()
  })
}

async function accepts(socket: string): Promise<void> {
  let accepted = false
  const knock = (): boolean => {
    const connection = connect(socket)
    connection.on('connect', () => (accepted = true))
    connection.on('error', () => connection.destroy())
    connection.on('connect', () => connection.destroy())
    return accepted
  }
  await until(`${socket} accepts`, knock)
}
