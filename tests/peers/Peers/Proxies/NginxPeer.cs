using System.Text;

namespace Peers.Proxies;

internal sealed class NginxPeer() : Peer("nginx", 18200)
{
    private const string StreamModule = "/usr/lib/nginx/modules/ngx_stream_module.so";

    public override string VersionCommand => "nginx -v 2>&1";

    public override IReadOnlyList<Entrance> Entrances { get; } =
        File.Exists(StreamModule) ? [Entrance.Http, Entrance.Upload, Entrance.Tcp, Entrance.TcpUpload] : HttpOnly;

    public override string Prepare(string folder)
    {
        var text = new StringBuilder();
        if (Offers(Entrance.Tcp))
        {
            text.AppendLine($"load_module {StreamModule};");
        }

        text.AppendLine($$"""
            daemon off;
            worker_processes 1;
            pid {{folder}}/nginx.pid;
            error_log {{folder}}/nginx.error crit;
            events { worker_connections 19000; }
            http {
              access_log off;
              keepalive_requests 1000000000;
              keepalive_timeout 300s;
              client_max_body_size 0;
              client_body_temp_path {{folder}}/nginx-body;
              proxy_temp_path {{folder}}/nginx-proxy;
              proxy_http_version 1.1;
              proxy_set_header Connection "";
              proxy_set_header Host $http_host;
              proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
              proxy_request_buffering off;
              proxy_max_temp_file_size 0;
            """);
        foreach (var entrance in HttpOnly)
        {
            text.AppendLine($"  upstream {entrance} {{ {Servers(entrance)} keepalive 1024; keepalive_requests 1000000000; }}");
            text.AppendLine($"  server {{ listen 127.0.0.1:{Port(entrance)}; location / {{ proxy_pass http://{entrance}; }} }}");
        }

        text.AppendLine("}");
        if (Offers(Entrance.Tcp))
        {
            text.AppendLine("stream {");
            foreach (var entrance in Entrances.Except(HttpOnly))
            {
                text.AppendLine($"  upstream {entrance} {{ {Servers(entrance)} }}");
                text.AppendLine($"  server {{ listen 127.0.0.1:{Port(entrance)}; proxy_pass {entrance}; }}");
            }

            text.AppendLine("}");
        }

        return $"nginx -p {folder} -c {Write(folder, "conf", text.ToString())}";
    }

    private static string Servers(Entrance entrance) =>
        string.Concat(BackendPorts.Of(entrance).Select(port => $"server 127.0.0.1:{port}; "));
}
