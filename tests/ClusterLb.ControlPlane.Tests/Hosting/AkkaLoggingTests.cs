using Akka.Actor;
using Akka.Event;
using Akka.Hosting;
using ClusterLb.ControlPlane.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace ClusterLb.ControlPlane.Tests.Hosting;

/// <summary>A real ActorSystem whose log goes where that of a node goes.</summary>
public sealed class AkkaLoggingTests
{
    [Fact]
    public async Task Warnings_and_errors_of_Akka_are_at_debug()
    {
        var lines = await RunAsync(LogLevel.Trace, system =>
        {
            system.Log.Warning("a heartbeat is late");
            system.Log.Error(new InvalidOperationException("gone"), "Disassociated");
        }, lines => lines.Count >= 2);

        Assert.All(lines, line => Assert.StartsWith("Debug: ", line, StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("a heartbeat is late", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("Disassociated", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_actor_of_ours_that_fails_is_an_error_of_ours_and_what_Akka_says_above_debug_is_not_there()
    {
        var lines = await RunAsync(LogLevel.Information, system =>
        {
            system.Log.Warning("a heartbeat is late");
            system.ActorOf(Props.Create<Failing>(), "failing").Tell("go");
        }, lines => lines.Count >= 1);

        Assert.Equal("Error: a part of the control plane failed and begins anew: akka://clusterlb/user/failing", Assert.Single(lines));
    }

    [Fact]
    public async Task What_Akka_makes_no_more_because_its_cluster_has_ended_is_no_failure()
    {
        var lines = await RunAsync(LogLevel.Information, system =>
        {
            system.ActorOf(Props.Create<Late>(), "late");
            system.ActorOf(Props.Create<Failing>(), "failing").Tell("go");
        }, lines => lines.Count >= 1);

        Assert.EndsWith("/failing", Assert.Single(lines), StringComparison.Ordinal);
    }

    private static async Task<IReadOnlyList<string>> RunAsync(LogLevel least, Action<ActorSystem> act,
        Func<IReadOnlyList<string>, bool> isEnough)
    {
        var log = new LogOfLines(least);
        using var factory = new OneLogger(log);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddAkka("clusterlb", akka => akka.ConfigureLoggers(loggers =>
        {
            loggers.LogLevel = Akka.Event.LogLevel.WarningLevel;
            loggers.ClearLoggers();
            loggers.AddLoggerFactory(new AkkaLogging(factory));
        }));
        using var host = builder.Build();
        await host.StartAsync();
        act(host.Services.GetRequiredService<ActorSystem>());
        for (var i = 0; i < 1_000 && !isEnough(log.Lines); i++) await Task.Delay(10);
        await host.StopAsync();
        return log.Lines;
    }

    private sealed class Late : ReceiveActor
    {
        // As Akka's manager of a singleton says it.
        public Late() => throw new ActorInitializationException("Cluster node must not be terminated");
    }

    private sealed class Failing : ReceiveActor
    {
        public Failing() => ReceiveAny(_ => throw new InvalidOperationException("a bug"));
    }
}
