namespace ClusterLb.Core.Sessions;

/// <summary>The keys in force; replaced whole when the cluster agrees on others. Any thread.</summary>
public sealed class CookieKeysHolder
{
    private volatile CookieKeys _current = CookieKeys.None;

    public CookieKeys Current => _current;

    public void Publish(CookieKeys keys) => _current = keys;
}
