# A store that holds everything in memory: perl store.pl MIB WRITES SNAPSHOTS UNTIL
# WRITES pages of it are written to in a second, anywhere. Every SAVE_EVERY seconds it sends a snapshot of itself to the backup, with
# SAVE_RATE MiB a second. A fork keeps the moment: it shares all pages with the store, until one of them writes.
use strict;
use warnings;

my ($mib, $writes, $snapshots, $until) = @ARGV;
my ($rate, $every) = ($ENV{SAVE_RATE}, $ENV{SAVE_EVERY});
my $parent = getppid;
my $data = 'x' x ($mib << 20);
my $pages = $mib << 8;
my ($saver, $done, $next) = (0, 0, time + $every);
$| = 1;

sub rest { select undef, undef, undef, $_[0] }

sub tell_kernel {
  my ($file, $what) = @_;
  open my $out, '>', "/proc/self/$file" or return;
  print $out $what;
}

sub save {
  tell_kernel('comm', 'saver');
  # If somebody has to die, then the snapshot and not the store.
  tell_kernel('oom_score_adj', 1000);
  open my $backup, '>', '/dev/null' or die;
  my $piece = int($rate * (1 << 20) / 20);
  for (my $at = 0; $at < length $data; $at += $piece) {
    syswrite $backup, $data, $piece, $at;
    rest(0.05);
  }
  exit 0;
}

tell_kernel('comm', 'store');
print "batch 0 of $snapshots\n";
while (time < $until and getppid == $parent) {
  substr $data, 4096 * int(rand $pages), 1, chr(int(rand 256)) for 1 .. $writes / 100;
  rest(0.01);
  if ($saver == 0 and time >= $next) {
    $saver = fork // die "no fork: $!\n";
    save() if $saver == 0;
    print "snapshot $saver begins\n";
  }
  if ($saver and waitpid($saver, 1) == $saver) {
    if ($? == 0) {
      $done++ if $done < $snapshots;
      print "batch $done of $snapshots\n";
    } else {
      print "snapshot $saver was ended by signal ${\($? & 127)}, and is lost\n";
    }
    ($saver, $next) = (0, time + $every);
  }
}
