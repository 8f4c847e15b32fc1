using ClusterLb.Faults.Backends;
using ClusterLb.Testing;

namespace ClusterLb.Faults.Tests.Backends;

/// <summary>What a killed backend has written is there, whoever writes after it.</summary>
public sealed class JournalTests
{
    [Fact]
    public async Task A_process_that_takes_the_place_of_a_killed_one_overwrites_nothing()
    {
        var folder = Directory.CreateTempSubdirectory("clusterlb-journal-");
        try
        {
            using var http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero });
            using var backend = await BackendProcess.StartAsync("b1", FreePorts.Next(), folder.FullName);
            foreach (var path in new[] { "a", "b", "c" })
            {
                using var nothing = new StringContent("x");
                (await http.PostAsync(new Uri($"http://{backend.EndPoint}/{path}"), nothing)).Dispose();
                backend.Kill();
                await backend.RestartAsync();
            }

            Assert.Equal(["/a", "/b", "/c"], backend.Posts);
            Assert.Equal(3, backend.ReceiptsFrom(0).Select(receipt => receipt.Stamp.Process).Distinct().Count());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
