import { describe, expect, test } from 'vitest'
import { catalogFile, catalogFixture } from '../../../test/support/cataloged.ts'
import { foundLine } from '../../../test/support/found.ts'
import {
  manifestMember as manifest,
  zipOf,
  type ZipMember,
} from '../../../test/support/zip-writer.ts'
import type { Found } from '../cataloger.ts'
import { javaArchive } from './java-archive.ts'

describe('archives that Maven and Spring Boot built', () => {
  test('libraries by what they say of themselves, or else by their file name', async () => {
    expect(await lines('libraries')).toEqual([
      'pkg:maven/org.jetbrains/annotations@13.0',
      'pkg:maven/aopalliance/aopalliance@1.0',
      'pkg:maven/org.checkerframework/checker-compat-qual@2.5.5',
      'pkg:maven/org.codehaus.groovy/groovy-dateutil@3.0.21',
      'pkg:maven/io.grpc/grpc-context@1.63.0',
      'pkg:maven/jakarta.inject/jakarta.inject-api@2.0.1',
      'pkg:maven/javax.inject/javax.inject@1',
      'pkg:maven/org.jspecify/jspecify@1.0.0',
      'pkg:maven/org.apache.logging.log4j/log4j-slf4j2-impl@2.23.1',
      'pkg:maven/com.squareup.okhttp3/logging-interceptor@4.12.0',
      'pkg:maven/io.prometheus/simpleclient_tracer_common@0.16.0',
      'pkg:maven/org.springframework.boot/spring-boot-starter@3.2.5',
    ])
  })

  test('a renamed archive is still what its pom.properties say', async () => {
    expect(await lines('renamed')).toEqual(['pkg:maven/com.example.shop/sample@1.2.0'])
  })

  test('what was shaded into an archive is found with it', async () => {
    expect(await lines('shaded')).toEqual([
      'pkg:maven/com.example.shop/sample@1.2.0',
      'pkg:maven/com.google.guava/failureaccess@1.0.2',
    ])
  })

  test('an executable of Spring Boot, which begins with a shell script', async () => {
    expect(await lines('spring-boot')).toEqual([
      'pkg:maven/com.example.shop/sample@1.2.0',
      'pkg:maven/com.google.guava/failureaccess@1.0.2 in BOOT-INF/lib/failureaccess-1.0.2.jar',
      'pkg:maven/javax.inject/javax.inject@1 in BOOT-INF/lib/javax.inject-1.jar',
      'pkg:maven/org.springframework.boot/spring-boot-jarmode-layertools@3.2.5 in BOOT-INF/lib/spring-boot-jarmode-layertools-3.2.5.jar',
    ])
  })

  test('jars in a war in an ear', async () => {
    const war = 'com.example.shop-web-1.2.0.war'
    expect(await lines('nested')).toEqual([
      'pkg:maven/com.example.shop/all@1.2.0',
      `pkg:maven/com.example.shop/web@1.2.0 in ${war}`,
      `pkg:maven/com.google.guava/failureaccess@1.0.2 in ${war}!/WEB-INF/lib/failureaccess-1.0.2.jar`,
      `pkg:maven/javax.inject/javax.inject@1 in ${war}!/WEB-INF/lib/javax.inject-1.jar`,
      `pkg:maven/com.example.shop/sample@1.2.0 in ${war}!/WEB-INF/lib/sample-1.2.0.jar`,
    ])
  })

  test('licences of a pom.xml by name, or else by address; what is commented out is none', async () => {
    const [sample] = await catalogFixture(javaArchive, 'renamed')
    expect(licences(sample)).toEqual([
      'MIT & more',
      'https://www.apache.org/licenses/LICENSE-2.0.txt',
    ])
  })
})

describe('names, groups and versions', () => {
  test.each<[string, string, Record<string, string>, string]>([
    [
      'a bundle',
      'core.jar',
      {
        'Created-By': 'Apache Maven Bundle Plugin',
        'Bundle-SymbolicName': 'com.acme.web.core;singleton:=true',
        'Bundle-Version': '1.2.0',
      },
      'pkg:maven/com.acme.web/core@1.2.0',
    ],
    [
      'a title that is a sentence',
      'web-2.0.jar',
      { 'Implementation-Title': 'com and more', 'Implementation-Vendor-Id': 'com.acme' },
      'pkg:maven/com.acme/web@2.0',
    ],
    [
      'the group of Jenkins',
      'git.hpi',
      { 'Group-Id': 'org.jenkins-ci.plugins', 'Short-Name': 'git', 'Plugin-Version': '5.2.1' },
      'pkg:maven/org.jenkins-ci.plugins/git@5.2.1',
    ],
    [
      'a module name',
      'tool-1.0.jar',
      { 'Automatic-Module-Name': 'org.acme.tool' },
      'pkg:maven/org.acme/tool@1.0',
    ],
    [
      'the package of the application',
      'app.jar',
      {
        'Main-Class': 'org.springframework.boot.loader.launch.JarLauncher',
        'Start-Class': 'com.acme.shop.Application',
        'Implementation-Version': '3',
      },
      'pkg:maven/com.acme.shop/app@3',
    ],
    ['nothing of a group', 'app.jar', { 'Implementation-Version': '3' }, 'pkg:maven/app/app@3'],
    [
      'versions that nobody filled in',
      'app.jar',
      { 'Implementation-Version': '${project.version}', 'Specification-Version': '4' },
      'pkg:maven/app/app@4',
    ],
    ['no version', 'app.jar', {}, 'pkg:maven/app/app'],
    [
      'Spring',
      'spring-core-6.1.6.jar',
      { 'Automatic-Module-Name': 'spring.core' },
      'pkg:maven/org.springframework/spring-core@6.1.6',
    ],
    [
      'Groovy since 4',
      'groovy-json-4.0.1.jar',
      {},
      'pkg:maven/org.apache.groovy/groovy-json@4.0.1',
    ],
    ['old Apache Commons', 'commons-lang-2.6.jar', {}, 'pkg:maven/commons-lang/commons-lang@2.6'],
    [
      'a group in the file name',
      'com.acme.web.core_1.2.0.v2022.jar',
      {},
      'pkg:maven/core/core@1.2.0.v2022',
    ],
    [
      'Eclipse',
      'org.eclipse.core.jobs_3.15.0.jar',
      {},
      'pkg:maven/org.eclipse.platform/org.eclipse.core.jobs@3.15.0',
    ],
    [
      'versions with words',
      'jetpack-build235-rc5.jar',
      {},
      'pkg:maven/jetpack/jetpack@build235-rc5',
    ],
    [
      'digits in a name',
      'my-http2-server-5.jar',
      {},
      'pkg:maven/my-http2-server/my-http2-server@5',
    ],
  ])('%s', async (_, fileName, attributes, line) => {
    expect(await found(fileName, [manifest(attributes)])).toEqual([line])
  })

  test('a long value goes on in the next line, even amid a character', async () => {
    const whole = Buffer.from('Manifest-Version: 1.0\r\nBundle-License: "Grüße, L";link=x\r\n')
    const cut = whole.indexOf(0xc3) + 1
    const content = Buffer.concat([
      whole.subarray(0, cut),
      Buffer.from('\r\n '),
      whole.subarray(cut),
    ])
    const archive = zipOf([{ name: 'META-INF/MANIFEST.MF', content }])
    const [one] = await catalogFile(javaArchive, 'a-1.jar', archive)
    expect(licences(one)).toEqual(['Grüße, L'])
  })

  test('licences of bundles and of Jenkins plugins', async () => {
    const attributes = {
      'Bundle-License': '"Apache-2.0";link="https://a, b", MIT,<<EXTERNAL>>',
      'Plugin-License-Name': 'BSD',
      'Plugin-License-Name-2': 'ISC',
    }
    const [one] = await catalogFile(javaArchive, 'a-1.jar', zipOf([manifest(attributes)]))
    expect(licences(one)).toEqual(['Apache-2.0', 'MIT', 'BSD', 'ISC'])
  })

  test('agents that weave classes of others are not those', async () => {
    const woven = manifest({
      'Weave-Classes': 'org/springframework/A',
      'Implementation-Title': 'x',
    })
    expect(await found('spring-core-6.0.jar', [woven])).toEqual([])
  })

  test('one library that was shaded does not become the archive', async () => {
    const members = [
      manifest({ 'Implementation-Version': '7' }),
      properties('com.acme', 'helper', '1.5'),
    ]
    expect(await found('tool.jar', members)).toEqual([
      'pkg:maven/tool/tool@7',
      'pkg:maven/com.acme/helper@1.5',
    ])
  })

  test('a pom.xml takes what it lacks from its parent and its properties', async () => {
    const pom = `<?xml version="1.0"?><!DOCTYPE a><project xmlns="http://maven.apache.org/POM/4.0.0"><name/><parent><groupId>com.acme</groupId><version>9</version></parent>
      <artifactId><![CDATA[tool]]></artifactId><version>\${revision}</version><properties><revision>2.4</revision></properties>
      <dependencies><dependency><groupId>org.other</groupId><artifactId>other</artifactId></dependency></dependencies></project>`
    const members = [
      manifest({}),
      { name: 'META-INF/maven/a/b/pom.xml', content: Buffer.from(pom) },
    ]
    expect(await found('app.jar', members)).toEqual(['pkg:maven/com.acme/tool@2.4'])
  })

  test('files with such an ending that are no archives of Java', async () => {
    expect(await found('pictures.far', [{ name: 'a.png', content: Buffer.from('a') }])).toEqual([])
    expect((await catalogFile(javaArchive, 'a.par', Buffer.from('perl'))).map(foundLine)).toEqual(
      [],
    )
    expect((await catalogFile(javaArchive, 'a.jar', Buffer.from('PK..'))).map(foundLine)).toEqual([
      'problem: it is no zip archive, or only a part of one',
    ])
  })
})

function properties(group: string, artifact: string, version: string): ZipMember {
  return {
    name: `META-INF/maven/${group}/${artifact}/pom.properties`,
    content: Buffer.from(
      `#by Maven\ngroupId=${group}\nartifactId = ${artifact}\nversion:${version}\n`,
    ),
  }
}

const lines = async (name: string): Promise<string[]> =>
  (await catalogFixture(javaArchive, name)).map(foundLine)

const found = async (fileName: string, members: ZipMember[]): Promise<string[]> =>
  (await catalogFile(javaArchive, `opt/${fileName}`, zipOf(members))).map(foundLine)

const licences = (found: Found | undefined): readonly string[] | null =>
  found?.kind === 'package' ? found.package.licences : null
