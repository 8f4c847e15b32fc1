namespace ClusterLb.ControlPlane.Hosting;

/// <summary>
/// A part of what a node knows, as nodes tell each other (docs/wire.md): so two versions of the program understand each other.
/// </summary>
/// <param name="Manifest">What it is.</param>
/// <param name="Bytes">Protobuf.</param>
public readonly record struct KnowledgePart(string Manifest, byte[] Bytes);
