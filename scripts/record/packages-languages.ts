/**
 * Records what the package managers of languages leave behind: `node scripts/record/packages-languages.ts`, or with the names of
 * some of the recordings. Needs npm, Python with pip and venv, RubyGems, Cargo, PHP, and apt for what is taken from Debian
 * without being installed. Writes fixtures/packages/CATALOGER/CASE/PATH.
 */
import {
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { cacheFolder } from '../lib/cache.ts'
import { must, words } from '../lib/exec.ts'
import { REPO } from '../lib/repo.ts'

const PACKAGES = join(REPO, 'fixtures/packages')
/** Its name stands in what some of them write. */
const ROOM = mkdtempSync('/tmp/packages-')
const TOOLS = cacheFolder('package-managers')
const ENVIRONMENT = {
  ...process.env,
  HOME: join(ROOM, 'home'),
  npm_config_cache: join(TOOLS, 'npm'),
  npm_config_update_notifier: 'false',
}

/** A package with a scope, one by another name, one that is needed only to develop, and one that this brings along. */
const SHOP = {
  name: 'shop',
  version: '2.0.0',
  license: 'UNLICENSED',
  dependencies: { '@types/ms': '^2.1.0', mine: 'npm:wrappy@1.0.2', ms: '2.1.3' },
  devDependencies: { once: '^1.4.0' },
}

/** What Composer of Debian is made of. */
const COMPOSER_PARTS = words(
  'jsonlint php-composer-ca-bundle php-composer-class-map-generator php-composer-metadata-minifier ' +
    'php-composer-pcre php-composer-semver php-composer-spdx-licenses php-composer-xdebug-handler ' +
    'php-json-schema php8.2-intl php8.2-mbstring php-psr-container php-psr-log php-react-promise ' +
    'php-seld-signal-handler php-symfony-console php-symfony-deprecation-contracts ' +
    'php-symfony-filesystem php-symfony-finder php-symfony-process php-symfony-service-contracts ' +
    'php-symfony-string',
)

const RECORDINGS: Readonly<Record<string, () => Promise<void>>> = {
  npm,
  yarn,
  pnpm,
  bun,
  python,
  eggs,
  egg,
  conda,
  ruby,
  composer,
  dotnet,
  erlang,
  cargo,
}

const names = process.argv.slice(2)
try {
  for (const [name, record] of Object.entries(RECORDINGS)) {
    if (names.length > 0 && !names.includes(name)) continue
    process.stdout.write(`${name}\n`)
    await record()
  }
} finally {
  rmSync(ROOM, { recursive: true, force: true })
}

async function npm(): Promise<void> {
  for (const version of ['1', '2', '3']) {
    const app = application(`npm-${version}`)
    await run('npm', `install --no-audit --no-fund --lockfile-version ${version}`, app)
    keep('npm-lock', `version-${version}`, 'app', app, ['package-lock.json'])
  }
  const app = application('npm-installed')
  // Their licences stand in all the shapes that they have had.
  const old = 'async@0.2.10 eyes@0.1.8 wordwrap@0.0.2 JSONStream@0.8.4 tslib@2.8.1'
  await run('npm', `install --no-audit --no-fund --omit=dev ${old}`, app)
  keep('npm-installed', 'npm', 'app', app, ['package.json', 'node_modules/**/package.json'])
  await run('npm', 'shrinkwrap', app)
  keep('npm-lock', 'shrinkwrap', 'app', app, ['npm-shrinkwrap.json'])
}

async function yarn(): Promise<void> {
  const first = application('yarn-1')
  await run('node', `${await tool('yarn@1.22.22', 'bin/yarn.js')} install --silent`, first)
  keep('yarn-lock', 'version-1', 'app', first, ['yarn.lock'])
  const app = application('yarn-4')
  const berry = await tool('@yarnpkg/cli-dist@4', 'bin/yarn.js')
  await must('node', [berry, 'install'], {
    cwd: app,
    env: { ...ENVIRONMENT, YARN_ENABLE_TELEMETRY: '0', YARN_ENABLE_GLOBAL_CACHE: '0' },
  })
  keep('yarn-lock', 'version-4', 'app', app, ['yarn.lock'])
  keep('yarn-cache', 'version-4', 'app', app, ['.yarn/cache/*.zip'])
}

async function pnpm(): Promise<void> {
  const versions = { '5': '7.33.7', '6': '8.15.9', '9': '9.15.9' }
  for (const [lock, version] of Object.entries(versions)) {
    const app = application(`pnpm-${lock}`)
    await run('node', `${await tool(`pnpm@${version}`, 'bin/pnpm.cjs')} install`, app)
    keep('pnpm-lock', `version-${lock}`, 'app', app, ['pnpm-lock.yaml'])
    if (lock !== '9') continue
    keep('npm-installed', 'pnpm', 'app', app, ['node_modules/.pnpm/**/package.json'])
  }
}

async function bun(): Promise<void> {
  const app = application('bun')
  const program = await tool('@oven/bun-linux-x64', 'bin/bun')
  await run(program, 'install', app)
  keep('bun-lock', 'bun', 'app', app, ['bun.lock'])
}

async function python(): Promise<void> {
  const root = folder('python')
  await run('python3', '-m venv venv', root)
  // An expression, a name with classifiers, one with a dot, one whose licence is a text of many lines.
  const packages =
    'idna==3.10 PyYAML==6.0.2 zope.event==5.0 python-dateutil==2.9.0.post0 zipp==3.21.0'
  await run('venv/bin/pip', `install --no-deps ${packages}`, root)
  const paths = ['idna', 'PyYAML', 'zope.event', 'zope_event', 'python_dateutil', 'zipp'].map(
    (name) => `**/site-packages/${name}-*.dist-info/METADATA`,
  )
  keep('python-dist-info', 'pip', 'usr/local', join(root, 'venv'), paths)
}

/** Debian installs them as files and as folders. */
async function eggs(): Promise<void> {
  const root = await debian('python3-certifi', 'python3-six', 'python3-docutils')
  keep('python-egg-info', 'debian', '', root, ['usr/lib/python3/**/*.egg-info', '**/PKG-INFO'])
}

/** A package of our own, as an archive; only old versions of setuptools make them without a warning. */
async function egg(): Promise<void> {
  const root = folder('egg')
  writeFileSync(join(root, 'tiny_egg.py'), '')
  const said = "name='Tiny_Egg', version='0.3.1', license='MIT', py_modules=['tiny_egg']"
  writeFileSync(join(root, 'setup.py'), `from setuptools import setup\nsetup(${said})\n`)
  await run('python3', '-m venv venv', root)
  await run('venv/bin/pip', 'install setuptools==65.5.0', root)
  await run('venv/bin/python', 'setup.py bdist_egg', root)
  keep('python-egg', 'setuptools', 'opt/app', join(root, 'dist'), ['*.egg'])
}

/** A package of our own, from a channel in a folder; rattler writes what it installs as conda does. */
async function conda(): Promise<void> {
  const root = folder('conda')
  await run('python3', '-m venv venv', root)
  await run('venv/bin/pip', 'install py-rattler==0.28.0', root)
  const script = join(REPO, 'scripts/record/conda-environment.py')
  await must('venv/bin/python', [script, join(root, 'work')], {
    cwd: root,
    env: { ...ENVIRONMENT, RATTLER_CACHE_DIR: join(ROOM, 'rattler') },
  })
  keep('conda-meta', 'rattler', 'opt/conda', join(root, 'work/env'), ['conda-meta/*.json'])
}

async function ruby(): Promise<void> {
  const root = folder('ruby')
  const parts = ["name = 'tiny-native'", "version = '1.2.3.pre1'", "platform = 'x86_64-linux'"]
  const said = [...parts, "licenses = ['MIT', 'Ruby']", "summary = 'tiny'", "authors = ['nobody']"]
  const spec = said.map((part) => `  s.${part}`).join('\n')
  writeFileSync(join(root, 'tiny.gemspec'), `Gem::Specification.new do |s|\n${spec}\nend\n`)
  await run('gem', 'build tiny.gemspec', root)
  await run(
    'gem',
    'install --local --no-document --install-dir gems tiny-native-1.2.3.pre1-x86_64-linux.gem',
    root,
  )
  keep('ruby-gemspec', 'gem', 'usr/local/bundle', join(root, 'gems'), ['specifications/*.gemspec'])
  const packages = await debian('libruby3.1', 'rake', 'ruby-rack')
  keep('ruby-gemspec', 'debian', '', packages, [
    'usr/lib/ruby/gems/3.1.0/specifications/default/{bigdecimal,json,openssl,psych}-*.gemspec',
    'usr/share/rubygems-integration/all/specifications/*.gemspec',
  ])
}

/** Packages of our own out of folders: Composer asks nobody for them. */
async function composer(): Promise<void> {
  const root = folder('composer')
  const sources = { 'acme/Log': 'v1.4.0', 'acme/mail': '2.0.1', 'acme/test': '0.9.0' }
  const repositories = Object.entries(sources).map(([name, version]) => {
    mkdirSync(join(root, name), { recursive: true })
    const license = name === 'acme/mail' ? ['LGPL-2.1-only', 'GPL-3.0-or-later'] : 'MIT'
    const stated = JSON.stringify({ name: name.toLowerCase(), version, license })
    writeFileSync(join(root, name, 'composer.json'), stated)
    return { type: 'path', url: name, options: { symlink: false } }
  })
  const project = {
    name: 'acme/shop',
    repositories: [...repositories, { packagist: false }],
    require: { 'acme/log': '*', 'acme/mail': '*' },
    'require-dev': { 'acme/test': '*' },
  }
  writeFileSync(join(root, 'composer.json'), JSON.stringify(project))
  const php = join(await debian('composer', ...COMPOSER_PARTS), 'usr')
  const settings = ['intl', 'mbstring'].map(
    (name) => `extension=${php}/lib/php/20220829/${name}.so`,
  )
  const options = [`include_path=${php}/share/php`, ...settings].flatMap((one) => ['-d', one])
  await must('php', [...options, `${php}/bin/composer`, 'install', '--no-interaction'], {
    cwd: root,
    env: { ...ENVIRONMENT, COMPOSER_ALLOW_SUPERUSER: '1', COMPOSER_DISABLE_NETWORK: '1' },
  })
  keep('composer-installed', 'composer-2', 'app', root, ['vendor/composer/installed.json'])
  keep('composer-lock', 'composer-2', 'app', root, ['composer.lock'])
}

/** An application of .NET, and .NET itself, that Python packages bring along. */
async function dotnet(): Promise<void> {
  const root = folder('dotnet')
  await run('python3', '-m pip install --no-deps --target site pythonnet==3.0.5', root)
  keep('dotnet-deps', 'pythonnet', 'app', join(root, 'site/pythonnet/runtime'), ['*.deps.json'])
  await run('python3', '-m pip install --no-deps --target site dotnetcore2==3.1.23', root)
  const runtime = join(root, 'site/dotnetcore2/bin')
  keep('dotnet-deps', 'runtime', 'usr/share/dotnet', runtime, ['shared/**/*.deps.json'])
}

async function erlang(): Promise<void> {
  const root = await debian('erlang-crypto', 'erlang-inets', 'erlang-jiffy', 'elixir')
  const applications = ['crypto', 'inets', 'jiffy', 'elixir', 'logger']
  keep(
    'erlang-app',
    'debian',
    '',
    root,
    applications.map((name) => `usr/lib/**/ebin/${name}.app`),
  )
}

async function cargo(): Promise<void> {
  const root = folder('cargo')
  const manifest =
    '[package]\nname = "shop"\nversion = "0.3.0"\nedition = "2021"\n\n[dependencies]\n'
  mkdirSync(join(root, 'src'))
  writeFileSync(join(root, 'src/main.rs'), 'fn main() {}\n')
  writeFileSync(join(root, 'Cargo.toml'), `${manifest}itoa = "=1.0.11"\nmemchr = "=2.7.4"\n`)
  await must('cargo', ['generate-lockfile'], { cwd: root })
  keep('cargo-lock', 'cargo', 'app', root, ['Cargo.lock'])
}

function folder(name: string): string {
  const path = join(ROOM, name)
  mkdirSync(path, { recursive: true })
  return path
}

function application(name: string): string {
  const path = folder(name)
  writeFileSync(join(path, 'package.json'), `${JSON.stringify(SHOP, null, 2)}\n`)
  return path
}

async function run(program: string, args: string, cwd: string): Promise<void> {
  await must(program, words(args), { cwd, env: ENVIRONMENT })
}

/** A file of a program that npm brings. */
async function tool(spec: string, file: string): Promise<string> {
  const prefix = join(TOOLS, spec.replaceAll('/', '_'))
  mkdirSync(prefix, { recursive: true })
  await run(
    'npm',
    `install --no-audit --no-fund --ignore-scripts --prefix ${prefix} ${spec}`,
    prefix,
  )
  return join(prefix, 'node_modules', spec.replace(/(?<=.)@.*$/, ''), file)
}

/** Unpacks packages of Debian, which are not installed. */
async function debian(...names: readonly string[]): Promise<string> {
  const root = mkdtempSync(join(ROOM, 'debian-'))
  const archives = join(root, 'archives')
  mkdirSync(archives)
  // Root only: its own user may not write here.
  await must('apt-get', ['-o', 'APT::Sandbox::User=root', 'download', ...names], { cwd: archives })
  for (const archive of globSync('*.deb', { cwd: archives })) {
    await must('dpkg-deb', ['--extract', join(archives, archive), root])
  }
  rmSync(archives, { recursive: true })
  return root
}

/** Replaces the case by the files of these paths, which stand below `at` there. */
function keep(
  cataloger: string,
  name: string,
  at: string,
  from: string,
  patterns: readonly string[],
): void {
  const target = join(PACKAGES, cataloger, name)
  rmSync(target, { recursive: true, force: true })
  const paths = globSync(patterns, { cwd: from }).filter((path) =>
    statSync(join(from, path)).isFile(),
  )
  if (paths.length === 0)
    throw new Error(`${cataloger}/${name}: nothing was left by ${patterns.join(', ')}`)
  for (const path of paths) {
    const copy = join(target, at, path)
    mkdirSync(dirname(copy), { recursive: true })
    const text = readFileSync(join(from, path))
    // Where it was recorded is nobody's business, and another place each time.
    writeFileSync(copy, text.includes(ROOM) ? text.toString().replaceAll(ROOM, '/packages') : text)
  }
}
