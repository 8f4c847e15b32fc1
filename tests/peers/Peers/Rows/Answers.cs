using System.Diagnostics;
using System.Net.Sockets;
using Peers.Backends;
using Peers.Native;
using Peers.Proxies;

namespace Peers.Rows;

/// <summary>Makes sure that what is going to be measured is the whole job: 200, the backend's exact bytes, the header added.</summary>
internal static class Answers
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    public static async Task AwaitPortAsync(Child process, string name, int port)
    {
        for (var started = Stopwatch.GetTimestamp(); ; await Task.Delay(s_pause))
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", port);
                return;
            }
            catch (SocketException)
            {
                if (process.Ended || Stopwatch.GetElapsedTime(started) > s_patience)
                {
                    throw new InvalidOperationException($"{name} does not listen on {port}: {process.LastWords}");
                }
            }
        }
    }

    /// <summary>
    /// Checks one entrance, trying again while health checks may not have passed yet; throws when it does not come right.
    /// </summary>
    public static async Task CheckAsync(RunningPeer peer, Entrance entrance)
    {
        for (var started = Stopwatch.GetTimestamp(); ; await Task.Delay(s_pause))
        {
            var wrong = await WrongAsync(peer.Peer.Port(entrance), entrance);
            if (wrong == "")
            {
                return;
            }

            if (Stopwatch.GetElapsedTime(started) > s_patience)
            {
                throw new InvalidOperationException($"{peer.Peer.Name} fails the body check of {entrance}: {wrong}");
            }
        }
    }

    /// <summary>Begins so many sessions; the name of a file with a cookie of each on a line.</summary>
    public static async Task<string> TakeCookiesAsync(RunningPeer peer, Entrance entrance, int sessions, string file)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false })
        {
            BaseAddress =
            new Uri($"http://127.0.0.1:{peer.Peer.Port(entrance)}")
        };
        var cookies = new List<string>();
        for (var i = 0; i < sessions; i++)
        {
            using var answer = await client.GetAsync("/tiny");
            cookies.Add(answer.Headers.TryGetValues("Set-Cookie", out var values)
                ? values.First().Split(';')[0]
                : throw new InvalidOperationException($"{peer.Peer.Name} gave no cookie"));
        }

        await File.WriteAllLinesAsync(file, cookies);
        return file;
    }

    private static async Task<string> WrongAsync(int port, Entrance entrance)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false })
        {
            BaseAddress =
            new Uri($"http://127.0.0.1:{port}")
        };
        try
        {
            switch (entrance)
            {
                case Entrance.Http or Entrance.Tcp or Entrance.Cookie:
                    foreach (var file in FileBackends.Files)
                    {
                        if (!(await client.GetByteArrayAsync(file.Path)).AsSpan().SequenceEqual(file.Content))
                        {
                            return $"{file.Path} differs from the backend's";
                        }
                    }

                    var seen = await client.GetStringAsync(FileBackends.ForwardedForPath);
                    var expected = entrance == Entrance.Tcp ? "" : "127.0.0.1";
                    return seen == expected ? "" : $"X-Forwarded-For is '{seen}' at the backend, not '{expected}'";

                case Entrance.Upload or Entrance.TcpUpload:
                    using (var content = new ByteArrayContent(FileBackends.Large))
                    {
                        using var answer = await client.PutAsync("/", content);
                        var length = await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
                        return length == $"{FileBackends.Large.Length}" ? "" : $"the backend read {length} bytes";
                    }

                default:
                    return await client.GetStringAsync("/") == "0" ? "" : "not the slow backend's answer";
            }
        }
        catch (HttpRequestException failure)
        {
            return failure.Message;
        }
    }
}
