using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ClusterLb.Faults.History;
using ClusterLb.Faults.Ledger;

namespace ClusterLb.Faults.Clients;

/// <summary>
/// A client that knows several addresses and sends when it wants to, not when its last answer has come. It stays with the node that
/// answers; when nobody takes its connection, or one ends without an answer, it goes to the next, with what it may send again (RFC 9110
/// 9.2.2).
/// </summary>
internal sealed class Client : IDisposable
{
    private static readonly TimeSpan s_connectPatience = TimeSpan.FromSeconds(1);

    /// <summary>Longer than the nodes of a run wait for a backend.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly ClientPlan _plan;
    private readonly RunClock _clock;
    private readonly Action<Request> _write;
    private readonly Random _random;
    private readonly ConcurrentStack<IConnection>[] _idle;
    private int _node;
    private int _asked;
    private int _told;
    private int _underWay;

    /// <param name="plan">What it is to do.</param>
    /// <param name="clock">The run's.</param>
    /// <param name="write">Takes every request when it is over, on any thread.</param>
    public Client(ClientPlan plan, RunClock clock, Action<Request> write)
    {
        (_plan, _clock, _write, _random) = (plan, clock, write, new Random(plan.Seed));
        _idle = [.. plan.Nodes.Select(_ => new ConcurrentStack<IConnection>())];
        _node = plan.Number % plan.Nodes.Count;
    }

    /// <summary>Sends until it is stopped, then waits for what is under way, which its patience bounds.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        for (var due = _clock.Now; ;)
        {
            // Independent clients come by exponential intervals.
            due += -Math.Log(1 - _random.NextDouble()) * _plan.Interval.TotalMilliseconds;
            var wait = due - _clock.Now;
            if (wait > 0) await Task.Delay(TimeSpan.FromMilliseconds(wait), stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested) break;
            Interlocked.Increment(ref _underWay);
            _ = AskAsync(Next(), due);
        }

        while (Volatile.Read(ref _underWay) > 0) await Task.Delay(20, CancellationToken.None);
        if (_told != _asked) throw new InvalidOperationException($"client {_plan.Number} has lost count of {_asked - _told} requests");
    }

    public void Dispose()
    {
        foreach (var connection in _idle.SelectMany(stack => stack)) connection.Dispose();
    }

    private Question Next()
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"/{_plan.Folder}/{_plan.Run}/{_plan.Number}/{++_asked}");
        var method = _plan.Protocol.Method ?? _random.Next(20) switch { < 5 => "POST", < 8 => "PUT", _ => "GET" };
        var bytes = _random.Next(100) switch { 0 => 200_000, < 10 => 20_000, _ => 0 };
        return new Question(id, method, bytes, _plan.Session);
    }

    private async Task AskAsync(Question question, double due)
    {
        try
        {
            for (var tries = 1; ; tries++)
            {
                var at = Volatile.Read(ref _node);
                var answer = await TryAsync(at, question);
                if ((answer.Failure & Failure.NoAnswer) != Failure.None)
                    Interlocked.CompareExchange(ref _node, (at + 1) % _plan.Nodes.Count, at);
                var request = new Request(question.Id, _plan.Number, question.Method, due, _clock.Now, _plan.Nodes[at].Node, answer.Failure)
                {
                    Session = question.Session,
                    Status = answer.Status,
                    Stamp = answer.Stamp,
                    IsIntact = answer.IsIntact,
                    Peer = answer.Peer,
                    Tries = tries,
                };
                if (tries <= _plan.Nodes.Count && MayRepeat(request)) continue;
                _write(request);
                Interlocked.Increment(ref _told);
                return;
            }
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    private static bool MayRepeat(Request request) => request.Failure == Failure.Unreachable
        || (request.IsIdempotent && request.Failure is Failure.Broken or Failure.TimedOut);

    private async Task<Answer> TryAsync(int at, Question question)
    {
        var connection = await ConnectionAsync(at);
        if (connection is null) return new Answer(Failure.Unreachable);
        using var patience = new CancellationTokenSource(s_patience);
        var answer = await connection.AskAsync(question, patience.Token);
        if (answer.Failure is not (Failure.Broken or Failure.Truncated or Failure.TimedOut)) _idle[at].Push(connection);
        else connection.Dispose();
        return answer;
    }

    private async Task<IConnection?> ConnectionAsync(int at)
    {
        while (_idle[at].TryPop(out var idle))
        {
            if (idle.IsUsable) return idle;
            idle.Dispose();
        }

        try
        {
            using var patience = new CancellationTokenSource(s_connectPatience);
            return await _plan.Protocol.ConnectAsync(_plan.From, _plan.Nodes[at].EndPoint, patience.Token);
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            return null;
        }
    }
}

/// <summary>What a client is to do.</summary>
/// <param name="Run">Part of its requests' ids, so that those of earlier runs are others.</param>
/// <param name="Number">Its own.</param>
/// <param name="Seed">Of its chances.</param>
/// <param name="Folder">First segment of its paths, which decides about the pool.</param>
/// <param name="Session">Null without one.</param>
/// <param name="Interval">Between its requests, on average.</param>
/// <param name="From">Its own address.</param>
/// <param name="Nodes">The addresses that it knows.</param>
internal sealed record ClientPlan(
    string Run, int Number, int Seed, string Folder, int? Session, TimeSpan Interval, IProtocol Protocol, IPEndPoint From,
    IReadOnlyList<NodeAddress> Nodes);
