using System.Net;
using System.Text;
using ClusterLb.ControlPlane.Probing;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using ClusterLb.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ClusterLb.ControlPlane.Tests.Probing;

/// <summary>A backend that says the same whatever it is told, in pieces of any size, and closes. No sockets.</summary>
internal sealed class ScriptedTransport(byte[] answer, int step) : IProbeTransport
{
    private readonly List<byte> _said = [];

    /// <summary>Room for what a talk has not taken, as on a loop.</summary>
    private const int Room = 16 * 1024;

    /// <summary>All that the probe said, a byte as the character of its number.</summary>
    public string Said => Encoding.Latin1.GetString([.. _said]);

    /// <summary>Behind the result it closes at once.</summary>
    public bool HungUp { get; private set; }

    /// <param name="answer">A byte as the character of its number.</param>
    public static async Task<(CheckResult Result, ScriptedTransport Transport)> ProbeAsync(
        ProbeOptions options, string answer, int step, ProbeTarget? target = null)
    {
        var transport = new ScriptedTransport(Encoding.Latin1.GetBytes(answer), step);
        var config = Configs.Pool.Health with { Probe = options };
        var result = await ProbeRegistry.Default.Get(options.Type).ProbeAsync(new ProbePorts(transport, new FakeTimeProvider()),
            target ?? new ProbeTarget(new IPEndPoint(IPAddress.Loopback, 80), "127.0.0.1"), config, CancellationToken.None);
        return (result!.Value, transport);
    }

    public Task<ProbeReply> AskAsync(IPEndPoint endPoint, IProbeTalk? talk, TimeSpan timeout)
    {
        _said.AddRange(talk!.Opening.Span);
        var heard = new List<byte>();
        for (var at = 0; ; at += step)
        {
            var isLast = at >= answer.Length;
            if (!isLast) heard.AddRange(answer[at..Math.Min(at + step, answer.Length)]);
            ProbeTurn turn;
            do
            {
                turn = talk.Hear(heard.ToArray(), isLast);
                _said.AddRange(turn.Words.Span);
                heard.RemoveRange(0, turn.Taken);
            }
            while (turn.Result is null && turn.Taken > 0 && heard.Count > 0);

            HungUp = turn.HangsUp;
            if (turn.Result is { } result) return Task.FromResult(new ProbeReply(ProbeEnd.Answered, result));
            if (isLast) return Task.FromResult(new ProbeReply(ProbeEnd.NoAnswer));
            if (heard.Count >= Room) return Task.FromResult(new ProbeReply(ProbeEnd.Endless));
        }
    }
}
