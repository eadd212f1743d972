import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from '../../lib/cache.ts'
import { must, words } from '../../lib/exec.ts'
import type { Recipe } from '../image.ts'
import { DPKG_QUERY, debPackages, gems, npmPackages, pythonPackages, sorted } from '../managers.ts'
import { randomBytes } from '../random.ts'
import { growLayers } from '../rootfs.ts'
import type { Step } from '../rootfs.ts'
import { DEBIAN_BASE } from './debian.ts'
import { MAVEN, NODE, PYTHON } from './polyglot-packages.ts'

const DEBIAN = words(
  'nodejs openjdk-17-jre-headless libmaven3-core-java ruby ruby-sinatra ruby-i18n ruby-tzinfo ' +
    'php-cli python3 git build-essential',
)
const SMALL_LAYERS = 6
const RANDOM_MIB = 300

/** What a team that wrote everything down at once would ship: every ecosystem in one image. */
export const POLYGLOT: Recipe = {
  about: 'Debian with Node, Java, Ruby, PHP, Python, Go and C, and what each of them installs',
  forms: ['oci', 'docker'],
  async make(folder) {
    const listed = { deb: '', gems: '' }
    const node = await nodeModules()
    const packages: Record<string, readonly string[]> = {}
    const layers = await growLayers(folder, [
      DEBIAN_BASE,
      {
        says: `apt-get install ${DEBIAN.join(' ')}`,
        async run(image) {
          await image.inside(
            `apt-get update -q >/dev/null && apt-get install -q -y --no-install-recommends ${DEBIAN.join(' ')} >/dev/null && rm -rf /var/lib/apt/lists/*`,
          )
        },
      },
      {
        says: 'npm install',
        async run(image) {
          await image.outside(`mkdir -p "$ROOT/srv/web" && cp -a ${node}/. "$ROOT/srv/web/"`)
        },
      },
      {
        says: 'pip install',
        async run(image) {
          await image.outside(
            `python3 -m pip install -q --no-warn-script-location --root-user-action ignore --target "$ROOT/opt/python" ${PYTHON.join(' ')}`,
          )
          packages['pypi'] = await pythonPackages(image.place('opt/python'))
        },
      },
      { says: 'COPY jars, programs and data', run: (image) => programs(image, folder) },
      {
        says: 'clean up',
        async run(image) {
          await image.inside(
            'apt-get purge -q -y git >/dev/null; rm -rf /srv/web/node_modules/lodash',
          )
          listed.deb = await image.inside(DPKG_QUERY)
          listed.gems = await image.inside('gem list --local')
          packages['npm'] = (await npmPackages(node)).filter((name) => !isRemoved(name))
        },
      },
      ...Array.from({ length: SMALL_LAYERS }, (_, at) => small(at)),
    ])
    return {
      layers,
      truth: {
        packages: {
          ...packages,
          deb: await debPackages(listed.deb),
          gem: gems(listed.gems),
          maven: sorted(MAVEN.map((name) => name.replace(/^(.+):(.+):(.+)$/, '$1/$2@$3'))),
        },
        by: {
          deb: 'dpkg-query after the last step',
          gem: 'gem list',
          maven: 'jars of Maven Central, each by its coordinates',
          npm: 'npm ls --all of what was installed, without what a later step removes',
          pypi: 'pip list',
        },
      },
    }
  },
}

/** In the cache: it takes longest, and other images have no use for it. */
async function nodeModules(): Promise<string> {
  const folder = cacheFolder('images', 'node-modules')
  if (existsSync(join(folder, 'node_modules'))) return folder
  await must('bash', [
    '-euc',
    `cd "$0"; echo '{"private":true}' > package.json; npm install --silent --ignore-scripts --no-audit --no-fund --legacy-peer-deps --save-exact ${NODE.join(' ')}`,
    folder,
  ])
  return folder
}

/** It lies at the top alone, where the step removes it; deeper ones of another version stay. */
function isRemoved(name: string): boolean {
  return name.startsWith('lodash@')
}

async function programs(image: Parameters<Step['run']>[0], folder: string): Promise<void> {
  for (const name of MAVEN) {
    await image.outside(
      `mkdir -p "$ROOT/opt/jars"; mvn -q -B dependency:copy -Dartifact=${name} -DoutputDirectory="$ROOT/opt/jars" >/dev/null`,
    )
  }
  const source = join(folder, 'program')
  await must('bash', [
    '-euc',
    `mkdir -p "$0"; cd "$0"; printf 'module example.org/program\\n\\ngo 1.21\\n' > go.mod; ` +
      `printf 'package main\\n\\nimport "rsc.io/quote"\\n\\nfunc main() { println(quote.Hello()) }\\n' > main.go; ` +
      `go get rsc.io/quote@v1.5.2; CGO_ENABLED=0 go build -trimpath -o program .`,
    source,
  ])
  await image.outside(`mkdir -p "$ROOT/usr/local/bin"; cp ${source}/program "$ROOT/usr/local/bin/"`)
  writeFileSync(image.place('opt/data.bin'), randomBytes(3, RANDOM_MIB * 1024 * 1024))
}

function small(at: number): Step {
  return {
    says: `COPY settings-${at}`,
    run: async (image) => image.write(`etc/settings-${at}.conf`, `level = ${at}\n`),
  }
}
