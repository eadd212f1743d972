import { spawn, type ChildProcess } from 'node:child_process'
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { must, words } from '../lib/exec.ts'
import { missingPrograms } from '../lib/programs.ts'
import { initramfsOf } from './initramfs.ts'
import type { GuestKernel } from './kernels.ts'

export interface GuestOptions {
  kernel: GuestKernel
  /** Shell commands, run by bash as root with cgroup v2 at /sys/fs/cgroup. */
  command: string
  /** Folder of the host that the guest sees as /out; output, exit code and kernel log land there too. */
  output: string
  /** More folders of the host, read-only. */
  shares?: readonly { host: string; guest: string }[]
  memoryMib?: number
  /** The memory is spread evenly over so many NUMA nodes; one where nothing is said. */
  numaNodes?: number
  /** A swap disk of this size. */
  swapMib?: number
  /** An ext4 image, mounted at /disk; the guest's writes are thrown away. */
  disk?: string
  network?: GuestNetwork
  /** More kernel arguments. */
  kernelArguments?: readonly string[]
  timeoutSeconds?: number
}

/** A network card, and the network that QEMU makes behind it. */
export interface GuestNetwork {
  /** What runs a program in the network that the guest's connections come from. */
  within: readonly string[]
  /** Of QEMU's `-netdev user`: `net=10.0.3.0/24,hostfwd=…`. */
  words: string
}

export interface GuestResult {
  /** Of the command; null when the guest died or ran out of time before the command ended. */
  exitCode: number | null
  stdout: string
  stderr: string
  /** The kernel's ring buffer when the command ended; what the serial console showed when the guest died. */
  kernelLog: string
}

const VIRTIOFSD = '/usr/lib/qemu/virtiofsd'
const PROGRAMS = words(
  'qemu-system-x86_64 busybox cpio modprobe depmod mkfs.ext4 dpkg-deb apt-get unshare setpriv',
)

/** Why no guest can run here, as one sentence; null when one can. */
export function whyNoGuest(): string | null {
  if (process.arch !== 'x64') return `guests need an x86-64 machine, this one is ${process.arch}`
  if (process.getuid?.() !== 0) return 'guests need root (virtiofsd, mount namespaces)'
  const missing = missingPrograms(PROGRAMS)
  if (!existsSync(VIRTIOFSD)) missing.push(VIRTIOFSD)
  return missing.length === 0
    ? null
    : `guests need programs that are missing: ${missing.join(', ')}`
}

/**
 * Boots a throw-away machine with a kernel of its own, runs one command there and gives back what came of it.
 * Its root is the host's root, read-only, under a scratch overlay, so every program of the host is there.
 * Emulated in software: no /dev/kvm is needed.
 */
export async function runGuest(options: GuestOptions): Promise<GuestResult> {
  const first = await boot(options)
  // Under emulation a kernel now and then dies or hangs while it starts: that says nothing of what was to be looked at.
  return first.exitCode === null && !hasStarted(options) ? boot(options) : first
}

const CPU = [
  'max',
  // Kernels from 6.12 on die early under QEMU 7.2's emulation of cmpxchg16b, which spoils the flags.
  'cx16=off',
  'la57=off',
  // Emulated, `rep stos` takes three times as long as a loop: a kernel clears pages by it where these features or a newer
  // family of AMD (arch/x86/kernel/cpu/amd.c, init_amd_k8) say that it is fast.
  'erms=off',
  'fsrm=off',
  'family=15',
  'model=4',
  'stepping=1',
].join(',')

/** Minutes on a quiet machine; beside everything else that runs, several times as long. */
const USUAL_SECONDS = 600
/** A kernel that has not come to its command by then hangs: the usual one takes 10 to 30 s. */
const START_MS = 150_000

function hasStarted({ output }: GuestOptions): boolean {
  return existsSync(join(output, 'stdout'))
}

async function boot(options: GuestOptions): Promise<GuestResult> {
  const work = mkdtempSync(join(tmpdir(), 'stella-guest-'))
  const children: ChildProcess[] = []
  const killAll = (): void => {
    for (const child of children) child.kill('SIGKILL')
  }
  process.once('exit', killAll)
  try {
    mkdirSync(options.output, { recursive: true })
    for (const name of ['stdout', 'stderr', 'exit-code', 'kernel.log'])
      rmSync(join(options.output, name), { force: true })
    const disks = await makeDisks(options, work)
    const shares = [
      { tag: 'root', host: '/', readOnly: true },
      { tag: 'control', host: join(work, 'control'), readOnly: true },
      { tag: 'out', host: options.output, readOnly: false },
      ...(options.shares ?? []).map(({ host }, i) => ({ tag: `share${i}`, host, readOnly: true })),
    ]
    writeControl(options, join(work, 'control'))
    for (const share of shares) children.push(serveShare(share, work))
    for (const { tag } of shares) await waitForFile(join(work, `${tag}.socket`))

    const log = openSync(join(work, 'qemu.log'), 'w')
    const qemu = spawn(
      'setpriv',
      [
        '--pdeathsig',
        'KILL',
        ...(options.network?.within ?? []),
        'qemu-system-x86_64',
        ...(await qemuArguments(options, work, shares, disks)),
      ],
      { stdio: ['ignore', log, log] },
    )
    children.push(qemu)
    closeSync(log)
    const hanging = setTimeout(() => {
      if (!hasStarted(options)) qemu.kill('SIGKILL')
    }, START_MS)
    await endOf(qemu, (options.timeoutSeconds ?? USUAL_SECONDS) * 1000)
    clearTimeout(hanging)
    return readResult(options.output, work)
  } finally {
    killAll()
    process.off('exit', killAll)
    rmSync(work, { recursive: true, force: true })
  }
}

interface Share {
  tag: string
  host: string
  readOnly: boolean
}

function serveShare(share: Share, work: string): ChildProcess {
  const mountPoint = join(work, `${share.tag}.mount`)
  mkdirSync(mountPoint)
  const readOnly = share.readOnly ? 'mount -o remount,ro,bind "$1";' : ''
  // A mount namespace of its own: the bind mounts end with the process, whatever happens.
  const script = `mount --bind "$0" "$1"; ${readOnly} exec ${VIRTIOFSD} --socket-path="$2" -o "source=$1,sandbox=chroot,cache=$3,xattr" -f`
  const socket = join(work, `${share.tag}.socket`)
  const cache = share.readOnly && share.tag !== 'control' ? 'always' : 'none'
  return spawn(
    'setpriv',
    [
      '--pdeathsig',
      'KILL',
      'unshare',
      '-m',
      'sh',
      '-ec',
      script,
      share.host,
      mountPoint,
      socket,
      cache,
    ],
    { stdio: 'ignore' },
  )
}

function writeControl(options: GuestOptions, control: string): void {
  mkdirSync(control)
  copyFileSync(join(import.meta.dirname, 'guest-init.sh'), join(control, 'init.sh'))
  writeFileSync(join(control, 'command'), options.command)
  const mounts = [
    'out:/out:rw',
    ...(options.shares ?? []).map(({ guest }, i) => `share${i}:${guest}:ro`),
  ]
  const [swap, disk] = options.swapMib === undefined ? ['', '/dev/vdb'] : ['/dev/vdb', '/dev/vdc']
  writeFileSync(
    join(control, 'environment'),
    `GUEST_SHARES='${mounts.join(' ')}'\nGUEST_SWAP='${swap}'\nGUEST_DISK='${options.disk === undefined ? '' : disk}'\n`,
  )
}

async function makeDisks(options: GuestOptions, work: string): Promise<string[]> {
  const scratch = join(work, 'scratch.img')
  await must('truncate', ['-s', '8G', scratch])
  await must('mkfs.ext4', ['-q', '-F', '-O', '^has_journal', '-E', 'lazy_itable_init=1', scratch])
  const disks = [`file=${scratch},if=virtio,format=raw,cache=unsafe`]
  if (options.swapMib !== undefined) {
    const swap = join(work, 'swap.img')
    await must('truncate', ['-s', `${options.swapMib}M`, swap])
    await must('mkswap', [swap])
    disks.push(`file=${swap},if=virtio,format=raw,cache=unsafe`)
  }
  if (options.disk !== undefined)
    disks.push(`file=${options.disk},if=virtio,format=raw,snapshot=on`)
  return disks
}

async function qemuArguments(
  options: GuestOptions,
  work: string,
  shares: readonly Share[],
  disks: readonly string[],
): Promise<string[]> {
  const memory = options.memoryMib ?? 1024
  const nodes = options.numaNodes ?? 1
  const { kernel } = options
  return [
    ...words(`-accel tcg,thread=multi -smp 2 -m ${memory}`),
    ...words(`-cpu ${CPU}`),
    ...Array.from({ length: nodes }, (_, node) => [
      ...words(`-object memory-backend-memfd,id=memory${node},size=${memory / nodes}M,share=on`),
      ...words(`-numa node,memdev=memory${node}`),
    ]).flat(),
    ...words('-nodefaults -no-user-config -display none -no-reboot'),
    '-serial',
    `file:${join(work, 'console')}`,
    '-kernel',
    join(kernel.folder, 'boot', `vmlinuz-${kernel.version}`),
    '-initrd',
    await initramfsOf(kernel),
    ...disks.flatMap((disk) => ['-drive', disk]),
    ...shares.flatMap(({ tag }) => [
      '-chardev',
      `socket,id=${tag},path=${join(work, `${tag}.socket`)}`,
      '-device',
      `vhost-user-fs-pci,chardev=${tag},tag=${tag}`,
    ]),
    ...(options.network === undefined
      ? []
      : [
          ...['-netdev', `user,id=net0,${options.network.words}`],
          ...words('-device virtio-net-pci,netdev=net0,romfile='),
        ]),
    '-append',
    [
      'console=ttyS0 quiet panic=-1 mitigations=off random.trust_cpu=on psi=1',
      // A group where nobody can be killed fills the default ring buffer with reports.
      'log_buf_len=16M',
      ...(options.kernelArguments ?? []),
    ].join(' '),
  ]
}

async function waitForFile(path: string): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if (existsSync(path)) return
    await sleep(20)
  }
  throw new Error(`virtiofsd did not open ${path}`)
}

function endOf(child: ChildProcess, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
    child.once('exit', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

function readResult(output: string, work: string): GuestResult {
  const read = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '')
  const exitCode = read(join(output, 'exit-code')).trim()
  const died = exitCode === ''
  return {
    exitCode: died ? null : Number(exitCode),
    stdout: read(join(output, 'stdout')),
    stderr: read(join(output, 'stderr')) + (died ? read(join(work, 'qemu.log')) : ''),
    kernelLog: died ? read(join(work, 'console')) : read(join(output, 'kernel.log')),
  }
}
