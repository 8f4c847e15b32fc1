using Microsoft.Extensions.Logging;

namespace ClusterLb.ControlPlane.Tests.Hosting;

/// <summary>Everybody's logger is this one.</summary>
internal sealed class OneLogger(ILogger log) : ILoggerFactory
{
    public void AddProvider(ILoggerProvider provider)
    {
    }

    public ILogger CreateLogger(string categoryName) => log;

    public void Dispose()
    {
    }
}
