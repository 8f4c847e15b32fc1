using System.Globalization;
using System.Text;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;

namespace ClusterLb.ControlPlane.Probing;

/// <summary>What a Redis must say.</summary>
public sealed record RedisProbeOptions() : ProbeOptions(RedisProbe.Name, TellsFrozen: true)
{
    /// <summary>Logs in (Redis 6 and later); needs a password. Empty = Redis' default user, the default.</summary>
    public required string User { get; init; }

    /// <summary>Empty = no login, the default.</summary>
    public required Secret Password { get; init; }

    /// <summary>Default any.</summary>
    public required RedisRole Role { get; init; }
}

/// <summary>What a Redis must be to pass.</summary>
public enum RedisRole
{
    Any,
    Master,
    Replica,
}

/// <summary>
/// Passes when <c>PING</c> is answered with <c>PONG</c>, and <c>ROLE</c> with the role that is asked for. An error is a failure, with its
/// text: <c>LOADING</c>, <c>MASTERDOWN</c>, <c>BUSY</c>, and <c>NOAUTH</c>, behind which nobody sees whether it loads. Commands and
/// answers: redis.io, "Redis serialization protocol specification" (RESP2). All commands go out at once, so that it is one round trip.
/// </summary>
internal sealed class RedisProbe : IProbe
{
    public const string Name = "redis";

    public string Type => Name;

    public ProbeOptions Read(IConfigurationBlock health)
    {
        var options = new RedisProbeOptions
        {
            User = LoginName.ReadUser(health),
            Password = health.Secret("password"),
            Role = health.Choice("role", ("any", RedisRole.Any), ("master", RedisRole.Master), ("replica", RedisRole.Replica)),
        };
        if (options.User.Length > 0 && options.Password.IsNone)
            health.Report("user", "is set without a password; set password too, or leave user empty for Redis' default user");
        return options;
    }

    public Task<CheckResult?> ProbeAsync(ProbePorts ports, ProbeTarget target, HealthConfig config, CancellationToken cancellation) =>
        ports.AskAsync(target, new Talk((RedisProbeOptions)config.Probe!), config);

    /// <summary>One check's conversation.</summary>
    private sealed class Talk : IProbeTalk
    {
        private readonly RedisRole _role;
        private readonly Queue<string> _asked = [];

        public Talk(RedisProbeOptions options)
        {
            _role = options.Role;
            var commands = new List<byte>();
            if (!options.Password.IsNone)
                Ask(commands, options.User.Length > 0 ? ["AUTH", options.User, options.Password.Plain] : ["AUTH", options.Password.Plain]);
            Ask(commands, "PING");
            if (_role != RedisRole.Any) Ask(commands, "ROLE");
            Opening = commands.ToArray();
        }

        public ReadOnlyMemory<byte> Opening { get; }

        public ProbeTurn Hear(ReadOnlySpan<byte> received, bool isLast)
        {
            var taken = 0;
            while (RespReply.TryRead(received[taken..], out var reply))
            {
                if (reply.Kind == RespReply.Broken) return ProbeTurn.HangUp(false, $"not Redis: {ProbeText.Quoted(received[taken..])}");
                var result = Judge(_asked.Dequeue(), reply);
                if (!result.Passed || _asked.Count == 0) return ProbeTurn.HangUp(result.Passed, result.Reason);
                taken += reply.Length;
            }

            return ProbeTurn.More(taken);
        }

        private CheckResult Judge(string command, RespReply reply)
        {
            if (reply.Kind == (byte)'-') return new CheckResult(false, $"{command}: {ProbeText.Of(reply.Text)}");
            return command switch
            {
                "AUTH" => Expect(command, reply, "OK"u8),
                "PING" => Expect(command, reply, "PONG"u8),
                _ => JudgeRole(reply),
            };
        }

        private CheckResult JudgeRole(RespReply reply)
        {
            // Redis has kept the old word on the wire.
            var role = reply.Text.SequenceEqual("slave"u8) ? "replica" : ProbeText.Of(reply.Text);
            var expected = _role == RedisRole.Master ? "master" : "replica";
            return role == expected ? new CheckResult(true, $"role {role}") : new CheckResult(false, $"role {role}, expected {expected}");
        }

        private static CheckResult Expect(string command, RespReply reply, ReadOnlySpan<byte> expected) =>
            reply.Kind == (byte)'+' && reply.Text.SequenceEqual(expected)
                ? new CheckResult(true, ProbeText.Of(expected))
                : new CheckResult(false, $"{command}: {ProbeText.Quoted(reply.Text)}, expected {ProbeText.Of(expected)}");

        /// <summary>As an array of bulk strings, so that a password may hold anything.</summary>
        private void Ask(List<byte> commands, params string[] words)
        {
            commands.AddRange(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"*{words.Length}\r\n")));
            foreach (var word in words.Select(Encoding.UTF8.GetBytes))
            {
                commands.AddRange(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"${word.Length}\r\n")));
                commands.AddRange([.. word, .. "\r\n"u8]);
            }

            _asked.Enqueue(words[0]);
        }
    }
}
