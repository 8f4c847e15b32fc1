using Peers.Proxies;

namespace Peers.Backends;

/// <summary>Three nginx that serve fixed bytes, each with a worker and a configuration of its own.</summary>
internal static class FileBackends
{
    public const string ForwardedForPath = "/forwarded-for";

    public static byte[] Large { get; } = Bytes(10 << 20);

    public static IReadOnlyList<(string Path, byte[] Content)> Files { get; } =
        [("/tiny", "ok\n"u8.ToArray()), ("/1k", Bytes(1024)), ("/10m", Large)];

    /// <summary>Writes the files and the configurations; returns name and command of each backend.</summary>
    public static IEnumerable<(string Name, string Command)> Prepare(string folder)
    {
        var root = Directory.CreateDirectory(Path.Combine(folder, "www")).FullName;
        foreach (var (path, content) in Files)
        {
            File.WriteAllBytes(root + path, content);
        }

        foreach (var port in BackendPorts.Files)
        {
            var path = Path.Combine(folder, $"backend-{port}.conf");
            File.WriteAllText(path, Configuration(folder, root, port));
            yield return ($"backend-{port}", $"nginx -p {folder} -c {path}");
        }
    }

    private static string Configuration(string folder, string root, int port) => $$"""
        daemon off;
        worker_processes 1;
        pid {{folder}}/backend-{{port}}.pid;
        error_log {{folder}}/backend-{{port}}.error crit;
        events { worker_connections 15000; }
        http {
          access_log off;
          keepalive_requests 1000000000;
          keepalive_timeout 300s;
          sendfile on;
          tcp_nopush on;
          open_file_cache max=10 inactive=1h;
          client_body_temp_path {{folder}}/backend-body;
          server {
            listen 127.0.0.1:{{port}} backlog=4096;
            root {{root}};
            location = /health/ready { return 200; }
            location = {{ForwardedForPath}} { return 200 "$http_x_forwarded_for"; }
          }
        }
        """;

    private static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        return bytes;
    }
}
