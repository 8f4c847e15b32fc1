using System.Net;

namespace ClusterLb.Node.Api;

/// <summary>What can be wrong with a request, once for programs (<paramref name="Name"/>) and once for people.</summary>
/// <param name="Name">The end of a problem's <c>type</c>; never changes its meaning.</param>
/// <param name="Status">Of the answer.</param>
/// <param name="Title">The same for every problem of the kind.</param>
internal sealed record ProblemKind(string Name, HttpStatusCode Status, string Title)
{
    /// <summary>No page stands behind it: it names the kind and is compared as a whole (decision 0040).</summary>
    private const string Prefix = "urn:clusterlb:problem:";

    public static ProblemKind BadRequest { get; } = new("bad-request", HttpStatusCode.BadRequest, "The request makes no sense");

    public static ProblemKind NoToken { get; } = new("no-token", HttpStatusCode.Unauthorized, "The admin token is needed");

    public static ProblemKind ForeignHost { get; } =
        new("foreign-host", HttpStatusCode.Forbidden, "Without a token this port answers under its own names only");

    public static ProblemKind ForeignPage { get; } =
        new("foreign-page", HttpStatusCode.Forbidden, "A web page of another site asks");

    public static ProblemKind ReadOnly { get; } = new("read-only", HttpStatusCode.Forbidden, "This token reads only");

    public static ProblemKind UnknownPath { get; } = new("unknown-path", HttpStatusCode.NotFound, "There is nothing at this path");

    public static ProblemKind UnknownName { get; } = new("unknown-name", HttpStatusCode.NotFound, "There is nothing of this name");

    public static ProblemKind OtherMethod { get; } =
        new("other-method", HttpStatusCode.MethodNotAllowed, "This path does not take this method");

    public static ProblemKind Refused { get; } = new("refused", HttpStatusCode.Conflict, "The cluster does not do this now");

    public static ProblemKind LastBackend { get; } =
        new("last-backend", HttpStatusCode.Conflict, "It is the last backend of its pool that takes work");

    public static ProblemKind NoLength { get; } = new("no-length", HttpStatusCode.LengthRequired, "A body is needed");

    public static ProblemKind TooLarge { get; } = new("too-large", HttpStatusCode.RequestEntityTooLarge, "The body is too large");

    public static ProblemKind OtherMediaType { get; } =
        new("other-media-type", HttpStatusCode.UnsupportedMediaType, "The body is not JSON");

    public static ProblemKind BadConfiguration { get; } =
        new("bad-configuration", HttpStatusCode.UnprocessableEntity, "The configuration is not taken: nothing has changed");

    public static ProblemKind NotUpgraded { get; } =
        new("not-upgraded", HttpStatusCode.Conflict, "No other program takes this one's place: nothing has changed");

    public static ProblemKind Bug { get; } = new("bug", HttpStatusCode.InternalServerError, "A bug in this node");

    public static ProblemKind NoAnswer { get; } =
        new("no-answer", HttpStatusCode.ServiceUnavailable, "The control plane did not answer: it may or may not have been done");

    /// <summary>Every kind there is.</summary>
    public static IReadOnlyList<ProblemKind> All { get; } =
    [
        BadRequest, NoToken, ForeignHost, ForeignPage, ReadOnly, UnknownPath, UnknownName, OtherMethod, Refused, LastBackend, NoLength,
        TooLarge, OtherMediaType, BadConfiguration, NotUpgraded, Bug, NoAnswer,
    ];

    /// <summary>As answers carry it.</summary>
    public string Type => Prefix + Name;
}
