//! The stacks of open splits that a branch can be inside of, each kept once.

use crate::NodeId;

/// One thing that a branch is inside of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Level {
    /// A branch of a split.
    Branch {
        /// The split.
        split: NodeId,
        /// The place of the branch's edge in it; a number past its edges where several branches have come together
        /// and so many stacks are possible that they are taken for one.
        edge: usize,
    },
    /// What a timeout that does not interrupt started beside its task.
    Beside {
        /// The timeout.
        boundary: NodeId,
    },
}

impl Level {
    /// The node it is of, and a number that tells the levels of one node apart.
    fn key(self) -> (usize, u32) {
        match self {
            Level::Beside { boundary } => (usize::from(boundary), 0),
            Level::Branch { split, edge } => {
                (usize::from(split), u32::try_from(edge).unwrap_or(u32::MAX).saturating_add(1))
            }
        }
    }
}

/// A stack of levels: its place in [`Paths`].
pub(crate) type PathId = u32;

/// Inside of nothing.
pub(crate) const ROOT: PathId = 0;

#[derive(Debug)]
struct Link {
    parent: PathId,
    level: Level,
    depth: u32,
    /// How many of its levels are branches of splits.
    splits: u32,
    /// The stack of its outermost level alone.
    top: PathId,
    /// The innermost branch of a split on this stack, itself included.
    scope: Option<PathId>,
    /// Two can be here at once, of one split: copies of one branch.
    copies: bool,
    /// The same of this level or of one around it: known when all stacks are.
    many: bool,
}

/// All stacks met so far.
#[derive(Debug)]
pub(crate) struct Paths {
    links: Vec<Link>,
    /// By the node of a stack's innermost level: what is below it, which level it is, and the stack, in order.
    known: Vec<Vec<(PathId, u32, PathId)>>,
}

impl Paths {
    pub(crate) fn new() -> Self {
        // The root is no level of its own: nothing looks at what it says it is.
        let level = Level::Beside { boundary: NodeId::MAX };
        let root =
            Link { parent: ROOT, level, depth: 0, splits: 0, top: ROOT, scope: None, copies: false, many: false };
        Paths { links: vec![root], known: Vec::new() }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.links.len()
    }

    fn link(&self, path: PathId) -> &Link {
        &self.links[path as usize]
    }

    pub(crate) fn parent(&self, path: PathId) -> PathId {
        self.link(path).parent
    }

    pub(crate) fn level(&self, path: PathId) -> Option<Level> {
        (path != ROOT).then(|| self.link(path).level)
    }

    /// The stack of the outermost level alone.
    pub(crate) fn top(&self, path: PathId) -> PathId {
        self.link(path).top
    }

    /// The stack with one level more.
    pub(crate) fn child(&mut self, parent: PathId, level: Level, copies: bool) -> PathId {
        let (node, which) = level.key();
        if self.known.len() <= node {
            self.known.resize(node + 1, Vec::new());
        }
        let of_node = &mut self.known[node];
        let place = match of_node.binary_search_by(|(below, level, _)| (*below, *level).cmp(&(parent, which))) {
            Ok(at) => return of_node[at].2,
            Err(place) => place,
        };
        let id = PathId::try_from(self.links.len()).unwrap_or(ROOT);
        of_node.insert(place, (parent, which, id));
        let above = self.link(parent);
        let is_branch = matches!(level, Level::Branch { .. });
        let scope = if is_branch { Some(id) } else { above.scope };
        let (depth, splits) = (above.depth + 1, above.splits + u32::from(is_branch));
        let top = if parent == ROOT { id } else { above.top };
        self.links.push(Link { parent, level, depth, splits, top, scope, copies, many: false });
        id
    }

    /// Notes that copies of a stack are possible, and so of all stacks on top of it.
    pub(crate) fn set_copies(&mut self, path: PathId) {
        self.links[path as usize].copies = true;
    }

    /// Once all stacks are known: what there can be several of, there can be of all that is inside of it.
    pub(crate) fn spread_copies(&mut self) {
        for at in 1..self.links.len() {
            // What a stack is on comes before it.
            self.links[at].many = self.links[at].copies || self.links[self.links[at].parent as usize].many;
        }
    }

    /// How many splits are open on the stack.
    pub(crate) fn splits(&self, path: PathId) -> u32 {
        self.link(path).splits
    }

    /// Copies of the stack are possible in one opening of the split that is around `outside`.
    pub(crate) fn has_copies(&self, path: PathId, outside: PathId) -> bool {
        self.stack(path).take_while(|id| *id != outside).any(|id| self.link(id).copies)
    }

    /// The innermost open split, as the stack that ends with its branch.
    pub(crate) fn scope(&self, path: PathId) -> Option<PathId> {
        self.link(path).scope
    }

    /// The split that a branch is of, and the stack that the split is on.
    pub(crate) fn split(&self, scope: PathId) -> Option<(PathId, NodeId)> {
        match self.level(scope)? {
            Level::Branch { split, .. } => Some((self.parent(scope), split)),
            Level::Beside { .. } => None,
        }
    }

    /// The innermost open split, and the stack that it is on.
    pub(crate) fn around(&self, path: PathId) -> Option<(PathId, NodeId)> {
        self.split(self.scope(path)?)
    }

    /// Whether this split is open on the stack.
    pub(crate) fn is_inside(&self, path: PathId, split: NodeId) -> bool {
        self.stack(path).any(|id| matches!(self.link(id).level, Level::Branch { split: open, .. } if open == split))
    }

    /// Whether this timeout's work is what the innermost branch is beside.
    pub(crate) fn beside(&self, path: PathId, boundary: NodeId) -> Option<PathId> {
        let mut beside = self.stack(path).take_while(|id| matches!(self.link(*id).level, Level::Beside { .. }));
        beside.find(|id| self.link(*id).level == Level::Beside { boundary })
    }

    /// The stack and those below it, innermost first.
    pub(crate) fn stack(&self, path: PathId) -> impl Iterator<Item = PathId> + '_ {
        let mut at = path;
        std::iter::from_fn(move || {
            let here = (at != ROOT).then_some(at)?;
            at = self.parent(here);
            Some(here)
        })
    }

    /// The levels, outermost first.
    pub(crate) fn levels(&self, path: PathId) -> Vec<Level> {
        let mut levels: Vec<Level> = self.stack(path).map(|id| self.link(id).level).collect();
        levels.reverse();
        levels
    }

    /// Where two stacks part: what they share, and the first level of each that the other does not have.
    pub(crate) fn part(&self, a: PathId, b: PathId) -> (PathId, Option<PathId>, Option<PathId>) {
        // Most pairs share nothing.
        let (top_a, top_b) = (self.link(a).top, self.link(b).top);
        if top_a != top_b {
            let over = |top| if top == ROOT { None } else { Some(top) };
            return (ROOT, over(top_a), over(top_b));
        }
        let (mut a, mut b, mut over_a, mut over_b) = (a, b, None, None);
        while a != b {
            let (depth_a, depth_b) = (self.link(a).depth, self.link(b).depth);
            if depth_a >= depth_b {
                (over_a, a) = (Some(a), self.parent(a));
            }
            if depth_b >= depth_a {
                (over_b, b) = (Some(b), self.parent(b));
            }
        }
        (a, over_a, over_b)
    }

    /// Copies of the stack, or of one below it, are possible.
    pub(crate) fn is_many(&self, path: PathId) -> bool {
        self.link(path).many
    }

    /// Whether a process can be in both at once, and not because one is in a copy of the other's branch: where
    /// they part they are branches of one split, or one is beside the other.
    pub(crate) fn parts(&self, a: PathId, b: PathId) -> bool {
        let (_, a, b) = self.part(a, b);
        match (a.map(|a| self.link(a).level), b.map(|b| self.link(b).level)) {
            (Some(Level::Branch { split: a, .. }), Some(Level::Branch { split: b, .. })) => a == b,
            (Some(Level::Beside { .. }), _) | (_, Some(Level::Beside { .. })) => true,
            _ => false,
        }
    }
}
