using System.Collections.Concurrent;
using ClusterLb.Faults.Backends;
using ClusterLb.Faults.History;
using ClusterLb.Testing;

namespace ClusterLb.Faults.Tests.Backends;

public sealed class BackendWatchTests
{
    [Fact]
    public async Task A_backend_that_stands_still_is_written_down()
    {
        var folder = Directory.CreateTempSubdirectory("clusterlb-watch-");
        try
        {
            var (clock, absences) = (new RunClock(), new ConcurrentQueue<Absence>());
            using var backend = await BackendProcess.StartAsync("b1", FreePorts.Next(), folder.FullName);
            await using var watch = new BackendWatch(backend, clock, absences.Enqueue);
            var frozen = clock.Now;
            backend.Freeze();
            await Eventually.Is(() => clock.Now - frozen > 1_500);
            var thawed = clock.Now;
            backend.Thaw();

            await Eventually.Is(() => absences.Any(absence => absence.Kind == AbsenceKind.StoodStill && absence.Backend == "b1"
                && absence.Touches(frozen, thawed)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
