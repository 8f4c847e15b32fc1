using ClusterLb.Core.Routing;

namespace ClusterLb.DataPlane.Messages;

/// <summary>
/// The head of a request as all versions of HTTP have it (RFC 9110). Who reads the bytes of one version fills it in place; everybody else
/// reads only this. One per exchange, reused; what it gives out holds until the next head is read. Used on its loop.
/// </summary>
/// <param name="mostHeaders">Of one request.</param>
internal sealed class Request(int mostHeaders)
{
    public HeaderTable Headers { get; } = new(mostHeaders);

    /// <summary>Known as soon as it has come, whatever becomes of the rest.</summary>
    public HttpMethod Method { get; set; }

    /// <summary>Where <see cref="MethodText"/> stands.</summary>
    public Slice MethodAt { get; set; }

    /// <summary>As it came; empty before.</summary>
    public ReadOnlySpan<byte> MethodText => MethodAt.Of(Headers.Bytes);

    /// <summary>RFC 9110 section 9.2.2.</summary>
    public bool IsIdempotent => HttpMethods.IsIdempotent(Method);

    public RequestTarget Target { get; set; }

    /// <summary>What was received of the target that goes upstream; empty where it left its path out.</summary>
    public ReadOnlySpan<byte> TargetText => Target.Text.Of(Headers.Bytes);

    /// <summary>The target without its query, as it goes upstream; <c>*</c> for <c>OPTIONS</c> of the whole server.</summary>
    public ReadOnlySpan<byte> Path => Target.Prefix == RequestTargetPrefix.Asterisk ? "*"u8 : Target.Path.Of(Headers.Bytes);

    /// <summary>What the request is for; missing only where HTTP/1.0 names no host.</summary>
    public Authority Authority { get; set; }

    /// <summary>Of the authority; see <see cref="Authority.Host"/>.</summary>
    public ReadOnlySpan<byte> Host => Authority.Host.Of(Headers.Bytes);

    /// <summary>Of the authority, with its colon; empty when there is none.</summary>
    public ReadOnlySpan<byte> Port => Authority.PortText.Of(Headers.Bytes);

    public BodyFraming Body { get; set; }

    /// <summary>It came by HTTP/1.0, whose clients know no interim answers, and which <c>Via</c> tells.</summary>
    public bool IsHttp10 { get; set; }

    /// <summary>The client may be waiting for 100 before it sends its body. Never for HTTP/1.0 or without a body.</summary>
    public bool ExpectsContinue { get; set; }

    /// <summary>The client offers to change protocol, and no body is in between: see its <c>Upgrade</c>.</summary>
    public bool WantsUpgrade { get; set; }

    /// <summary><c>TE: trailers</c>.</summary>
    public bool AcceptsTrailers { get; set; }

    /// <summary>Of OPTIONS only (RFC 9110 section 7.6.2); -1 = none. At 0 the request must be answered here.</summary>
    public int MaxForwards { get; set; } = -1;

    /// <summary>Forgets everything, for the next request.</summary>
    public void Clear()
    {
        (Method, MethodAt, Target, Authority, Body, MaxForwards) = (HttpMethod.Other, default, default, default, default, -1);
        (IsHttp10, ExpectsContinue, WantsUpgrade, AcceptsTrailers) = (false, false, false, false);
        Headers.Clear();
    }

    /// <summary>Gives the path its one form, in place; null, or why the request is refused (400).</summary>
    public string? ReformPath(PathRules rules)
    {
        var refusal = Target.Reform(Headers.Bytes, rules, out var reformed);
        Target = reformed;
        return refusal;
    }

    /// <summary>
    /// Gives each header and cookie that decides one reading: what resembles a header stays here, what <c>Connection</c> names passes all
    /// the same. False when one came twice, or as servers read it in two ways.
    /// </summary>
    public bool TrySettle(DecidingNames names)
    {
        Headers.MarkDeciding(names.Headers);
        foreach (var header in names.Headers)
        {
            if (Headers.IsTwice(header)) return false;
        }

        foreach (var cookie in names.Cookies)
        {
            if (Headers.IsCookieAmbiguous(cookie)) return false;
        }

        return true;
    }

    /// <summary>
    /// The first protocol that the client offers and the caller allows, as the caller spells it; empty when there is none (RFC 9110 section
    /// 7.8).
    /// </summary>
    public byte[] ChooseUpgrade(byte[][] allowed)
    {
        if (!WantsUpgrade) return [];
        foreach (var offered in new HeaderElements(Headers, KnownHeader.Upgrade))
        {
            foreach (var protocol in allowed)
            {
                if (Grammar.EqualsIgnoreCase(offered, protocol)) return protocol;
            }
        }

        return [];
    }
}
