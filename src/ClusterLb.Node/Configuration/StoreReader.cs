using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Configuration;

/// <summary>Reads <c>store { ... }</c>.</summary>
internal static class StoreReader
{
    public static StoreConfig Read(ConfigurationSection section)
    {
        var store = new StoreConfig
        {
            Type = section.Choice("type", ("embedded", StoreType.Embedded), ("redis", StoreType.Redis)),
            Redis = ReadRedis(section.Child("redis")),
        };
        section.RejectUnknown();
        if (store.Type == StoreType.Redis && section.Child("redis").Texts("endpoints").Count == 0)
            section.Report("redis.endpoints", "is empty; it must name at least one HOST:PORT");
        return store;
    }

    private static RedisConfig ReadRedis(ConfigurationSection section)
    {
        var redis = new RedisConfig
        {
            Endpoints = section.List("endpoints", text => (IsEndPoint(text), text), "HOST:PORT with a port from 1 to 65535"),
            ServiceName = section.Text("service-name"),
            User = section.Secret("user", out var userFile).Plain,
            UserFile = userFile,
            Password = section.Secret("password", out var passwordFile),
            PasswordFile = passwordFile,
            Tls = section.Flag("tls"),
            Ca = section.File("ca"),
            Database = section.Integer("database", 0, 15),
            Prefix = section.Text("prefix"),
        };
        if (redis.Prefix.Length is 0 or > 64 || redis.Prefix.AsSpan().ContainsAny('{', '}'))
            section.Report("prefix", $"\"{redis.Prefix}\" cannot begin a key; use 1 to 64 characters without braces");
        if (redis.Ca.Length > 0 && !FilePaths.IsFile(redis.Ca)) section.Report("ca", $"\"{redis.Ca}\" is no file; it must be a PEM file");
        if (redis.Ca.Length > 0 && !redis.Tls) section.Report("ca", "is given, but tls is off");
        section.RejectUnknown();
        return redis;
    }

    private static bool IsEndPoint(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0 && !text.AsSpan().ContainsAny('@', '/') && ushort.TryParse(text.AsSpan(colon + 1), out var port) && port > 0;
    }
}
