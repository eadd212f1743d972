import fc from 'fast-check'
import { expect, test } from 'vitest'
import { catalogFile, catalogFixture } from '../../../test/support/cataloged.ts'
import { foundLine } from '../../../test/support/found.ts'
import { javaRuntime } from './java-runtime.ts'

test('the OpenJDK of Debian', async () => {
  expect((await catalogFixture(javaRuntime, 'debian')).map(foundLine)).toEqual([
    'pkg:generic/oracle/openjdk@17.0.15+6-Debian-1deb12u1',
  ])
})

test.each([
  [
    'IMPLEMENTOR="Eclipse Adoptium"\nJAVA_RUNTIME_VERSION="21.0.4+7-LTS"\nJAVA_VERSION="21.0.4"\nFULL_VERSION="21.0.4+7-LTS"',
    'oracle/openjdk@21.0.4+7-LTS',
  ],
  [
    'JAVA_VERSION="1.8.0_422"\nFULL_VERSION="1.8.0_422-b05"\nIMPLEMENTOR="Temurin"',
    'oracle/openjdk@1.8.0_422-b05',
  ],
  ['JAVA_VERSION="1.8.0_422"\nFULL_VERSION="8.0.422+5"', 'oracle/openjdk@1.8.0_422'],
  ['JAVA_VERSION="17.0.12"\nIMPLEMENTOR="Azul Systems, Inc."', 'azul/zulu@17.0.12'],
  [
    'JAVA_VERSION="22.0.2"\nIMPLEMENTOR="Oracle Corporation"\nIMAGE_TYPE="JRE"',
    'oracle/jre@22.0.2',
  ],
  ['JAVA_VERSION="22.0.2"\nIMPLEMENTOR="Oracle Corporation"', 'oracle/jdk@22.0.2'],
  ['JAVA_VERSION="8.0.1"\nIMPLEMENTOR="IBM Corporation"', 'ibm/java_sdk@8.0.1'],
])('%s', async (text, line) => {
  expect(await found(text)).toEqual([`pkg:generic/${line}`])
})

test('where its sources are', async () => {
  const text = 'JAVA_VERSION="21"\nSOURCE_REPO="https://example.com/jdk21u.git"\n'
  expect(await catalogFile(javaRuntime, 'opt/java/release', Buffer.from(text))).toMatchObject([
    { package: { qualifiers: { repository_url: 'https://example.com/jdk21u.git' } } },
  ])
})

test('other files of that name say nothing of Java', async () => {
  expect(await found('VERSION="12"\nNAME="A system"\n')).toEqual([])
  expect(await found('')).toEqual([])
})

test('any text is read without an error', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
      for (const one of await catalogFile(
        javaRuntime,
        'release',
        Buffer.from(`JAVA_VERSION=${text}`),
      )) {
        expect(foundLine(one)).toMatch(/^pkg:generic\//)
      }
    }),
  )
})

const found = async (text: string): Promise<string[]> =>
  (await catalogFile(javaRuntime, 'opt/java/release', Buffer.from(text))).map(foundLine)
