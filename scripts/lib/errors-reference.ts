import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommandLine } from '../../src/cli/main.ts'
import { engineWith } from '../../src/cli/live-engine.ts'

interface Mistake {
  args: readonly string[]
  stdin?: string
  /** What is behind it, and what helps beyond what the line says. */
  says: string
}

/** Where none of the engines and clusters is that a machine may have, so that the lines are the same everywhere. */
const NOWHERE = {
  HOME: '/nowhere',
  DOCKER_HOST: 'unix:///run/docker.sock.none',
  CONTAINER_HOST: 'unix:///run/podman.sock.none',
  KUBECONFIG: '/nowhere/config',
}
/** How the page names the data folder, which is another one each time. */
const DATA = '/var/lib/stella'

const CHAPTERS: readonly (readonly [title: string, mistakes: readonly Mistake[]])[] = [
  [
    'The command line',
    [
      { args: ['why'], says: 'Name what died, or give evidence.' },
      { args: ['wyh'], says: 'A word is misspelt.' },
      { args: ['why', 'web', '--jsn'], says: 'The same with an option.' },
      { args: ['cases', 'export', 'docker:web'], says: 'An option that has to be there is not.' },
      {
        args: ['why', 'web', '--json', '--markdown'],
        says: 'Two options that exclude each other.',
      },
    ],
  ],
  [
    'Targets',
    [
      {
        args: ['why', 'lxc:web'],
        says: 'stella asks Docker, Podman, Kubernetes, Marathon, memory groups, processes and the machine.',
      },
      { args: ['why', 'pid:999999999'], says: 'A process number is at most 4194304.' },
      {
        args: ['why', 'k8s:shop/cart-0'],
        says: 'It is asked as kubectl asks it: with the files of `KUBECONFIG`, else `~/.kube/config`.',
      },
      { args: ['why', 'marathon:/app'], says: 'Nothing says where Marathon is.' },
      {
        args: ['pressure'],
        says: 'An experiment needs somebody whom it is made with.',
      },
      {
        args: ['why', 'docker:web'],
        says: 'The daemon does not run, or listens elsewhere. Its log and the kernel log can still be judged: `--from`.',
      },
      {
        args: ['why', 'podman:web'],
        says: 'The same with Podman, whose socket mostly has to be started.',
      },
    ],
  ],
  [
    'Files',
    [
      {
        args: ['why', '--from', 'missing.log'],
        says: 'Look at the path. A folder is read with all that is in it.',
      },
      {
        args: ['size', '--series', '-'],
        stdin: 'no series\n',
        says: 'What a file is, is told by its content, never by its name.',
      },
      {
        args: ['audit', 'missing.yaml'],
        says: 'Look at the path. A folder is judged with all that is in it.',
      },
      {
        args: ['simulate', 'eviction'],
        says: 'Who is evicted is told by a list of pods, by objects of a cluster, or by the cluster itself.',
      },
      {
        args: ['image', 'inspect', 'docker-archive:missing.tar'],
        says: 'An archive is what `docker save` writes.',
      },
      {
        args: ['scan', 'image', 'oci:missing', '--here'],
        says: 'A layout is a folder with an `index.json`.',
      },
      {
        args: ['cases', 'import', './missing'],
        says: 'What `stella cases export` wrote is read, and what a journal holds.',
      },
      {
        args: ['size', 'docker:web', '--series', 'memory.csv'],
        says: 'A size rests on a subject that lives, or on a file.',
      },
      {
        args: ['cases', 'show', './missing'],
        says: 'Neither a case of that name nor such a file.',
      },
    ],
  ],
  [
    'Sizes, times and rates',
    [
      { args: ['why', 'web', '--since', '5x'], says: 'Times are whole numbers with a unit.' },
      {
        args: ['simulate', 'swap', '--memory', '256Mi'],
        says: 'Each size is read as the program it stands for would read it.',
      },
      {
        args: ['simulate', 'swap', '--memory', '5m', '--cgroup', 'v2', '--host-swap', '0'],
        says: 'Docker itself refuses it.',
      },
      {
        args: ['simulate', 'overcommit', '--host', '8Gi', '--limits', '512Mi,much'],
        says: 'Limits are sizes with commas between them, or `none`.',
      },
      {
        args: ['simulate', 'jvm', '--limit', '1Gi', '--threads', 'many'],
        says: 'A count is a whole number.',
      },
      {
        args: ['cases', 'list', '--verdict', 'oom'],
        says: 'The codes stand in [verdicts and causes](case-json.md).',
      },
      { args: ['top', '--sort', 'sise'], says: 'The keys stand in the help.' },
      {
        args: ['simulate', 'leak', '--limit', '512Mi', '--rate', 'fast'],
        says: 'A rate is a size for a time.',
      },
    ],
  ],
  [
    'Fixes, runbooks, labs and checks',
    [
      {
        args: ['fix', '--undo', 'fix-none'],
        says: 'It was taken back before, or belongs to another data folder.',
      },
      {
        args: ['audit', '--explain', 'K99'],
        says: 'The ids stand in [the rules of the audit](rules.md).',
      },
      { args: ['lab', 'check', 'app-oom'], says: 'A lab is checked while it stands.' },
      { args: ['runbook', 'show', 'none'], says: 'Runbooks are files.' },
      { args: ['lab', 'start', 'none'], says: 'Labs come along with stella.' },
      {
        args: ['doctor', '--check', 'check.none'],
        says: 'The ids stand in [the reference of checks](checks.md).',
      },
    ],
  ],
  [
    'The server and the scanner',
    [
      {
        args: ['serve', '--listen', '0.0.0.0:8137'],
        says: 'Whoever reaches a server without a token may read all cases. It starts without one on its own machine only.',
      },
      { args: ['serve', '--listen', 'here'], says: 'An address is a host and a port.' },
      {
        args: ['serve', '--database', 'mysql://db/stella'],
        says: 'Cases of many hosts are kept in PostgreSQL.',
      },
      {
        args: ['watch', '--to', 'nowhere'],
        says: 'It is the address of a `stella serve`.',
      },
      {
        args: ['scanner', 'config', 'get', 'worker.memory'],
        says: 'The keys stand in [the settings](settings.md).',
      },
      {
        args: ['scanner', 'config', 'set', 'worker.memory_limit', '1Mi'],
        says: 'A value that cannot work is refused before it is kept.',
      },
    ],
  ],
]

/** Errors that people meet, each as the program really says it, as a page of the reference. */
export async function errorsReference(): Promise<string> {
  const chapters: string[] = []
  const data = mkdtempSync(join(tmpdir(), 'stella-errors-'))
  try {
    for (const [title, mistakes] of CHAPTERS) {
      chapters.push(`## ${title}`, '')
      // One after the other: where many start at once, an engine may be told to be slow instead of absent.
      for (const mistake of mistakes) chapters.push(...(await entry(mistake, data)))
    }
  } finally {
    rmSync(data, { recursive: true })
  }
  return [
    '# Errors',
    '',
    'This page is made by running each command: `node scripts/docs.ts` writes it, and a test fails when it has fallen behind.',
    '',
    'Every complaint is one line on standard error, in one form: `stella: WHERE: WHAT; WHAT TO DO`. `WHERE` is an option, a file with its',
    'line, or a target. Nothing is printed on standard output then. [Exit codes](exit-codes.md) tell scripts what kind it is. Search this',
    'page for the words that you saw.',
    '',
    ...chapters,
  ].join('\n')
}

async function entry(mistake: Mistake, data: string): Promise<string[]> {
  const { line, exitCode } = await complaintOf(mistake, data)
  const command = `stella ${mistake.args.join(' ')}`
  return [
    `### ${
      line
        .replace(/^stella: /, '')
        .split(';')[0]
        ?.replaceAll(/[<>[\]*_\\]/g, String.raw`\$&`) ?? ''
    }`,
    '',
    '```console',
    `$ ${command}`,
    line,
    '```',
    '',
    `Exit code ${exitCode}. ${mistake.says}`,
    '',
  ]
}

async function complaintOf(
  { args, stdin }: Mistake,
  data: string,
): Promise<{ line: string; exitCode: number }> {
  let line = ''
  const io = {
    out: () => {},
    err: (text: string) => void (line += text),
    stdin: async function* () {
      yield new TextEncoder().encode(stdin ?? '')
    },
    env: { ...NOWHERE, STELLA_DATA: data },
    drained: async () => {},
    becomeLean: () => {},
    mayGoUnread: () => {},
    terminal: null,
    now: () => 0,
  }
  const exitCode = await runCommandLine(args, io, async (env) => engineWith(env))
  return { line: line.trimEnd().replaceAll(data, DATA), exitCode }
}
