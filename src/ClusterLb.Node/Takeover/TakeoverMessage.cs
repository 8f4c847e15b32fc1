using System.Text.Json.Serialization;

namespace ClusterLb.Node.Takeover;

/// <summary>
/// What two processes of one node say to each other while one takes the place of the other, as JSON. What a program does not know of it
/// skips: a message of another type, and keys of one it knows (docs/wire.md). In the order in which they come.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type", IgnoreUnrecognizedTypeDiscriminators = true)]
[JsonDerivedType(typeof(Hello), "hello")]
[JsonDerivedType(typeof(Refusal), "refusal")]
[JsonDerivedType(typeof(SocketsGiven), "sockets")]
[JsonDerivedType(typeof(Told), "told")]
[JsonDerivedType(typeof(Ready), "ready")]
[JsonDerivedType(typeof(Serve), "serve")]
[JsonDerivedType(typeof(Serving), "serving")]
[JsonDerivedType(typeof(Left), "left")]
[JsonDerivedType(typeof(Settled), "settled")]
internal record TakeoverMessage;

/// <summary>The new one asks.</summary>
/// <param name="Node">Its name; it must be the running one's.</param>
/// <param name="Version">Of the program.</param>
internal sealed record Hello(string Node = "", string Version = "") : TakeoverMessage;

/// <summary>The running one will not, or not any more: the new one has to end. May come at any time.</summary>
/// <param name="Why">For people, in one line.</param>
internal sealed record Refusal(string Why = "") : TakeoverMessage;

/// <summary>Some of the running one's sockets, which come with this message in the same order.</summary>
internal sealed record SocketsGiven(IReadOnlyList<GivenSocket> Sockets) : TakeoverMessage
{
    public IReadOnlyList<GivenSocket> Sockets { get; } = Sockets ?? [];

    /// <summary>The kernel passes 253 at a time (SCM_MAX_FD).</summary>
    public const int Most = 64;
}

/// <summary>The running one has told all that it knows at this moment; what it knows came before, as nodes tell each other.</summary>
internal sealed record Told : TakeoverMessage;

/// <summary>The new one could serve now.</summary>
/// <param name="Kept">Which of the sockets it uses, counted from 0 in the order in which they came; the others it has closed.</param>
internal sealed record Ready(IReadOnlyList<int> Kept) : TakeoverMessage
{
    public IReadOnlyList<int> Kept { get; } = Kept ?? [];
}

/// <summary>The new one is to serve.</summary>
internal sealed record Serve : TakeoverMessage;

/// <summary>The new one serves: the running one need accept nobody any more.</summary>
internal sealed record Serving : TakeoverMessage;

/// <summary>The running one has left the cluster: its name and its port there are free.</summary>
internal sealed record Left : TakeoverMessage;

/// <summary>The new one is the node; the other one finishes what it has, and ends.</summary>
internal sealed record Settled : TakeoverMessage;

/// <summary>What a socket is that is given.</summary>
/// <param name="Role">Who accepts from it: one of <see cref="SocketRole"/>. What is not known is closed.</param>
/// <param name="Name">Of the listener.</param>
/// <param name="Bind">Address and port as they are configured.</param>
/// <param name="AlsoIPv4">Of <c>[::]</c>: IPv4 clients arrive there, too.</param>
internal sealed record GivenSocket(string Role = "", string Name = "", string Bind = "",
    [property: JsonPropertyName("also_ipv4")] bool AlsoIPv4 = false);

/// <summary>Who accepts from a socket.</summary>
internal static class SocketRole
{
    public const string Listener = "listener";
    public const string Admin = "admin";
    public const string Health = "health";
    public const string DnsStream = "dns-tcp";
    public const string DnsDatagram = "dns-udp";
}
