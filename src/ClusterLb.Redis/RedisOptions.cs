using ClusterLb.Core.Configuration;
using StackExchange.Redis;

namespace ClusterLb.Redis;

/// <summary>What the client is told.</summary>
internal static class RedisOptions
{
    /// <summary>New ones for every attempt to connect: with Sentinels the client writes the servers it found into them.</summary>
    /// <exception cref="Exception">The file of the authority cannot be read or is no PEM, or an endpoint is none.</exception>
    public static ConfigurationOptions Of(RedisConfig config)
    {
        var options = new ConfigurationOptions
        {
            ClientName = "clusterlb",
            ServiceName = OrNull(config.ServiceName),
            User = OrNull(config.User),
            Password = OrNull(config.Password.Plain),
            DefaultDatabase = config.Database,
            // A Redis that is away must not keep us from starting; it is looked for in the background.
            AbortOnConnectFail = false,
            ConnectRetry = 1,
            ConnectTimeout = 1_000,
            AsyncTimeout = 500,
            // The client asks Sentinels so, and looks at who is master by itself: both are what a failover takes at worst.
            SyncTimeout = 1_000,
            ConfigCheckSeconds = 5,
            KeepAlive = 10,
            ReconnectRetryPolicy = new ExponentialRetry(250, 2_000),
            HeartbeatInterval = TimeSpan.FromMilliseconds(500),
            // Finds connections whose other end vanished without a word, which TCP itself gives up after 15 minutes.
            HeartbeatConsistencyChecks = true,
            // A call that waits for a connection would be answered long after its caller gave up.
            BacklogPolicy = BacklogPolicy.FailFast,
            // Details are the state of the client's threads, in a log that is about Redis.
            IncludeDetailInExceptions = false,
            // Neither is used here, and both ask for a connection or rights of their own.
            TieBreaker = "",
            ConfigurationChannel = "",
            Ssl = config.Tls,
        };
        foreach (var endpoint in config.Endpoints) options.EndPoints.Add(endpoint);
        if (config.Tls && config.Ca.Length > 0) options.CertificateValidation += ServerTrust.In(config.Ca);
        return options;
    }

    private static string? OrNull(string text) => text.Length == 0 ? null : text;
}
