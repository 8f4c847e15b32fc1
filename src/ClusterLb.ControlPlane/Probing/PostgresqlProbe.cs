using System.Buffers.Binary;
using System.Text;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;

namespace ClusterLb.ControlPlane.Probing;

/// <summary>Who asks a PostgreSQL for what.</summary>
public sealed record PostgresqlProbeOptions() : ProbeOptions(PostgresqlProbe.Name, TellsFrozen: true)
{
    /// <summary>Asked with; it need not exist. Empty = clusterlb, the default.</summary>
    public required string User { get; init; }

    /// <summary>Asked for, and must exist; empty = the one of the user's name, which need not exist, the default.</summary>
    public required string Database { get; init; }
}

/// <summary>
/// Begins a session as <c>pg_isready</c> and HAProxy's <c>pgsql-check</c> do, without TLS, and gives no password. Passes when the server
/// asks for one, refuses the user (SQLSTATE class 28), or has the session ready. Any other error is a failure, with its text: it starts or
/// stops (57P03), has no connection left (53300). Messages: PostgreSQL documentation, "Frontend/Backend Protocol", version 3.0.
/// </summary>
internal sealed class PostgresqlProbe : IProbe
{
    public const string Name = "postgresql";

    public string Type => Name;

    public ProbeOptions Read(IConfigurationBlock health) => new PostgresqlProbeOptions
    {
        User = LoginName.ReadUser(health),
        Database = LoginName.Read(health, "database"),
    };

    public Task<CheckResult?> ProbeAsync(ProbePorts ports, ProbeTarget target, HealthConfig config, CancellationToken cancellation) =>
        ports.AskAsync(target, new Talk((PostgresqlProbeOptions)config.Probe!), config);

    /// <summary>One check's conversation.</summary>
    private sealed class Talk(PostgresqlProbeOptions options) : IProbeTalk
    {
        /// <summary>Type and length.</summary>
        private const int HeadLength = 5;

        /// <summary>The client library's bound for what comes before a session; longer is not PostgreSQL.</summary>
        private const int MostLength = 8 * 1024;

        private static readonly byte[] s_terminate = [(byte)'X', 0, 0, 0, 4];

        private bool _isIn;

        public ReadOnlyMemory<byte> Opening { get; } = Startup(options);

        public ProbeTurn Hear(ReadOnlySpan<byte> received, bool isLast)
        {
            var taken = 0;
            while (received.Length - taken >= HeadLength)
            {
                var message = received[taken..];
                var length = BinaryPrimitives.ReadUInt32BigEndian(message[1..]);
                if (length is < 4 or > MostLength || !MayCome(message[0])) return NotPostgresql(message);
                if (message.Length < length + 1) break;
                taken += (int)length + 1;
                if (HearOne(message[0], message[HeadLength..((int)length + 1)]) is { } turn) return turn;
            }

            var rest = received[taken..];
            return !rest.IsEmpty && (!MayCome(rest[0]) || isLast) ? NotPostgresql(rest) : ProbeTurn.More(taken);
        }

        /// <summary>Null = it goes on. A notice, a parameter, a key to cancel with: nothing of ours.</summary>
        private ProbeTurn? HearOne(byte type, ReadOnlySpan<byte> body) => type switch
        {
            (byte)'R' when body.Length < 4 => NotPostgresql([type, .. body]),
            (byte)'R' when BinaryPrimitives.ReadInt32BigEndian(body) == 0 => Enter(),
            // The server counts who leaves here for nothing; a Terminate would be an error to it (src/backend/libpq/auth.c).
            (byte)'R' => ProbeTurn.HangUp(true, "asks for a login"),
            (byte)'E' => Judge(body),
            (byte)'Z' => ProbeTurn.Done(true, "ready", s_terminate),
            _ => null,
        };

        /// <summary>Who is in may still be told that there is no room, or no such database.</summary>
        private ProbeTurn? Enter()
        {
            _isIn = true;
            return null;
        }

        private bool MayCome(byte type) => type is (byte)'R' or (byte)'E' or (byte)'N' or (byte)'v'
            || (_isIn && type is (byte)'S' or (byte)'K' or (byte)'Z');

        private ProbeTurn Judge(ReadOnlySpan<byte> error)
        {
            var code = Field(error, 'C');
            // 3D000: without a database of its own in the options, it was one that we made up.
            var isAlive = code.StartsWith("28"u8) || (code.SequenceEqual("3D000"u8) && options.Database.Length == 0);
            return ProbeTurn.Done(isAlive,
                $"{(isAlive ? "refuses the login" : "error")} {ProbeText.Of(code)}: {ProbeText.Of(Field(error, 'M'))}");
        }

        private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> error, char name)
        {
            while (!error.IsEmpty && error[0] != 0)
            {
                var end = error.IndexOf((byte)0);
                if (end < 0) end = error.Length;
                if (error[0] == name) return error[1..end];
                error = error[Math.Min(end + 1, error.Length)..];
            }

            return [];
        }

        private static ProbeTurn NotPostgresql(ReadOnlySpan<byte> received) =>
            ProbeTurn.HangUp(false, $"not PostgreSQL: {ProbeText.Quoted(received)}");

        private static byte[] Startup(PostgresqlProbeOptions options)
        {
            const int Version3 = 3 << 16;
            var text = new StringBuilder().Append("user\0").Append(LoginName.OrDefault(options.User)).Append('\0');
            if (options.Database.Length > 0) text.Append("database\0").Append(options.Database).Append('\0');
            var parameters = Encoding.ASCII.GetBytes(text.Append('\0').ToString());
            var message = new byte[8 + parameters.Length];
            BinaryPrimitives.WriteInt32BigEndian(message, message.Length);
            BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(4), Version3);
            parameters.CopyTo(message, 8);
            return message;
        }
    }
}
