import { expect, it } from 'vitest'
import { effectOf } from './effect.ts'

const words = (line: string): string[] => line.split(' ')

it.each([
  'stella why docker:web',
  'stella fix docker:web',
  'stella record docker:web --for 1m',
  'stella scanner jobs list --status failed',
  'stella scanner config get worker.memory_limit',
  'stella scan image registry:x --here --retry',
  'docker inspect web',
  'docker stats --no-stream',
  'kubectl get pods -A',
  'kubectl apply -f x --dry-run=server',
  'kubectl rollout status deploy/web',
  'systemctl show web.service',
  'dmesg -T',
  'journalctl -k --since today',
  'sysctl vm.swappiness',
  'redis-cli -h localhost info memory',
  'grep -i oom /var/log/messages',
  'docker exec redis redis-cli info persistence',
  'podman exec -u 0 redis redis-cli info persistence',
  'jcmd 1 VM.native_memory summary',
  'dcos marathon app show /shop/cart',
  'dcos task log --completed --lines=100 cart stderr',
  'dcos node log --leader',
  'dcos task exec cart cat /sys/fs/cgroup/memory/memory.stat',
  'docker exec web jcmd 1 VM.native_memory summary',
])('%s only looks', (line) => {
  expect(effectOf(words(line))).toBe('looks')
})

it.each([
  'stella fix docker:web --apply',
  'stella record docker:web --export web.csv',
  'stella scanner config set worker.memory_limit 8Gi',
  'stella scanner workers restart',
  'stella scan image registry:x --retry',
  'stella audit --fix .',
  'docker update --memory 1g web',
  'docker rm -f web',
  'docker exec web sh',
  'kubectl delete pod x',
  'kubectl rollout restart deploy/web',
  'systemctl set-property web.service MemoryMax=1G',
  'dmesg --clear',
  'journalctl --vacuum-size=1M',
  'sysctl -w vm.swappiness=1',
  'sysctl vm.swappiness=1',
  'redis-cli config set maxmemory 1gb',
  'sort -o file file',
  'kill -9 1',
  'docker exec redis redis-cli bgsave',
  'docker exec --privileged redis redis-cli info',
  'docker exec web jcmd 1 GC.heap_dump /tmp/a',
  'jcmd 1 VM.native_memory baseline',
  'dcos marathon app update /shop/cart mem=64',
  'dcos marathon app remove /shop/cart',
  'dcos task exec cart kill 1',
  'dcos task exec --user root cart cat /etc/passwd',
])('%s changes something', (line) => {
  expect(effectOf(words(line))).toBe('changes')
})

it.each([
  'sh -c ls',
  'curl http://localhost',
  'awk x',
  'xargs rm',
  'find . -delete',
  'python3 x.py',
  'top',
])('nobody knows of %s', (line) => {
  expect(effectOf(words(line))).toBe('unknown')
})
