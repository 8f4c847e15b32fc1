using System.Buffers.Binary;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;

namespace ClusterLb.ControlPlane.Probing;

/// <summary>Who asks a MySQL.</summary>
public sealed record MysqlProbeOptions() : ProbeOptions(MysqlProbe.Name, TellsFrozen: true)
{
    /// <summary>Logs in without a password; it need not exist. Empty = clusterlb, the default.</summary>
    public required string User { get; init; }
}

/// <summary>
/// Logs in without TLS and password, and leaves with COM_QUIT. Passes when the login succeeds or is refused for who asks. Any other error
/// is a failure, with its text: too many connections (1040), this node's address blocked or not let in (1129, 1130), shutting down (1053).
/// It always ends the handshake: one broken off in the middle counts towards <c>max_connect_errors</c>, and a hundred of them make the
/// server refuse this node altogether; a refused login does not count. Packets: MySQL Source Code Documentation, "Connection Phase".
/// </summary>
internal sealed class MysqlProbe : IProbe
{
    public const string Name = "mysql";

    public string Type => Name;

    public ProbeOptions Read(IConfigurationBlock health) => new MysqlProbeOptions { User = LoginName.ReadUser(health) };

    public Task<CheckResult?> ProbeAsync(ProbePorts ports, ProbeTarget target, HealthConfig config, CancellationToken cancellation) =>
        ports.AskAsync(target, new Talk(LoginName.OrDefault(((MysqlProbeOptions)config.Probe!).User)), config);

    /// <summary>One check's conversation.</summary>
    private sealed class Talk(string user) : IProbeTalk
    {
        /// <summary>A length of three bytes and a number.</summary>
        private const int HeadLength = 4;

        /// <summary>No packet before a session is longer.</summary>
        private const int MostLength = 4 * 1024;

        /// <summary>How often a server may ask for another kind of login.</summary>
        private const int MostRounds = 4;

        private static readonly byte[] s_quit = [1, 0, 0, 0, 1];

        private int _rounds;
        private string _version = "";

        public ReadOnlyMemory<byte> Opening => default;

        public ProbeTurn Hear(ReadOnlySpan<byte> received, bool isLast)
        {
            if (received.Length < HeadLength) return isLast && !received.IsEmpty ? NotMysql(received) : ProbeTurn.More();
            var length = received[0] | (received[1] << 8) | (received[2] << 16);
            if (length is 0 or > MostLength) return NotMysql(received);
            if (received.Length < HeadLength + length) return isLast ? NotMysql(received) : ProbeTurn.More();
            var packet = received.Slice(HeadLength, length);
            var (next, taken) = ((byte)(received[3] + 1), HeadLength + length);
            if (packet[0] == MysqlPackets.Error) return Judge(packet);
            if (_version.Length == 0) return Greet(packet, next, taken);
            if (packet[0] == MysqlPackets.Ok) return ProbeTurn.Done(true, $"MySQL {_version}", s_quit);
            if (packet[0] is not (MysqlPackets.OtherLogin or MysqlPackets.MoreLogin) || ++_rounds > MostRounds) return NotMysql(packet);
            // An empty answer is "no password" to every kind of login, and ends the handshake in order.
            return ProbeTurn.Say(MysqlPackets.Of(next, []), taken);
        }

        private ProbeTurn Greet(ReadOnlySpan<byte> packet, byte next, int taken)
        {
            if (MysqlPackets.Login(packet, user, out var version) is not { } login) return NotMysql(packet);
            _version = ProbeText.Of(version);
            return ProbeTurn.Say(MysqlPackets.Of(next, login), taken);
        }

        private ProbeTurn Judge(ReadOnlySpan<byte> packet)
        {
            if (packet.Length < 3) return NotMysql(packet);
            var code = BinaryPrimitives.ReadUInt16LittleEndian(packet[1..]);
            var text = packet[3..];
            if (text.Length >= 6 && text[0] == '#') text = text[6..];
            var isAlive = _version.Length > 0 && MysqlPackets.IsRefusal(code);
            return ProbeTurn.Done(isAlive, $"{(isAlive ? "refuses the login" : "error")} {code}: {ProbeText.Of(text)}");
        }

        private static ProbeTurn NotMysql(ReadOnlySpan<byte> received) =>
            ProbeTurn.HangUp(false, $"not MySQL: {ProbeText.Quoted(received)}");
    }
}
