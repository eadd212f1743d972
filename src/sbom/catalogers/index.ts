/** All catalogers; a file may be wanted by several. */
import type { Cataloger } from '../cataloger.ts'
import { alpmDesc } from './alpm-desc.ts'
import { apkInstalled } from './apk-installed.ts'
import { bunLock } from './bun-lock.ts'
import { cargoLock } from './cargo-lock.ts'
import { chiselManifest } from './chisel-manifest.ts'
import { composerInstalled } from './composer-installed.ts'
import { composerLock } from './composer-lock.ts'
import { condaMeta } from './conda-meta.ts'
import { dotnetDeps } from './dotnet-deps.ts'
import { dpkgCopyright } from './dpkg-copyright.ts'
import { dpkgStatusD } from './dpkg-status-d.ts'
import { dpkgStatus } from './dpkg-status.ts'
import { erlangApp } from './erlang-app.ts'
import { goBinary } from './go-binary.ts'
import { hexMetadata } from './hex-metadata.ts'
import { javaArchive } from './java-archive.ts'
import { javaRuntime } from './java-runtime.ts'
import { mixLock } from './mix-lock.ts'
import { npmInstalled } from './npm-installed.ts'
import { npmLock } from './npm-lock.ts'
import { opkgStatus } from './opkg-status.ts'
import { osReleaseFiles } from './os-release.ts'
import { pnpmLock } from './pnpm-lock.ts'
import { pythonDistInfo } from './python-dist-info.ts'
import { pythonEgg } from './python-egg.ts'
import { pythonEggInfo } from './python-egg-info.ts'
import { rebarLock } from './rebar-lock.ts'
import { rpmDatabase } from './rpm-database.ts'
import { rpmManifest } from './rpm-manifest.ts'
import { rubyGemspec } from './ruby-gemspec.ts'
import { rustBinary } from './rust-binary.ts'
import { yarnCache } from './yarn-cache.ts'
import { yarnLock } from './yarn-lock.ts'

export const CATALOGERS: readonly Cataloger[] = [
  alpmDesc,
  apkInstalled,
  bunLock,
  cargoLock,
  chiselManifest,
  composerInstalled,
  composerLock,
  condaMeta,
  dotnetDeps,
  dpkgCopyright,
  dpkgStatus,
  dpkgStatusD,
  erlangApp,
  goBinary,
  hexMetadata,
  javaArchive,
  javaRuntime,
  mixLock,
  npmInstalled,
  npmLock,
  opkgStatus,
  osReleaseFiles,
  pnpmLock,
  pythonDistInfo,
  pythonEgg,
  pythonEggInfo,
  rebarLock,
  rpmDatabase,
  rpmManifest,
  rubyGemspec,
  rustBinary,
  yarnCache,
  yarnLock,
]
