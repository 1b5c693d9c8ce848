"""What stands today in the place of each public name of Paddle 1.8.5's ``fluid``.

A value completes the sentence "fluid.layers.fc is not covered by this shim; today: …".
"""

from __future__ import annotations

MODERN: dict[str, str] = {
    # modules
    "fluid.layers.detection": "paddle.vision.ops",
    "fluid.layers.distributions": "paddle.distribution",
    "fluid.layers.io": "paddle.io",
    "fluid.layers.learning_rate_scheduler": "paddle.optimizer.lr, with step() after each batch",
    "fluid.layers.loss": "paddle_losses and paddle.nn.functional.cross_entropy",
    "fluid.layers.metric_op": "paddle.metric",
    "fluid.layers.nn": "paddle.nn and paddle.nn.functional",
    "fluid.layers.sequence_lod": "padded tensors with paddle.nn.functional.sequence_mask",
    "fluid.layers.tensor": "paddle",
    "fluid.layers.utils": "paddle.utils",
    "fluid.average": "numpy.average(values, weights=...)",
    "fluid.clip": "paddle.nn.ClipGradByGlobalNorm, paddle.nn.ClipGradByNorm, paddle.nn.ClipGradByValue",
    "fluid.compiler": "paddle.static.CompiledProgram",
    "fluid.contrib": "paddle.incubate",
    "fluid.contrib.decoder": "paddle.nn.BeamSearchDecoder and paddle.nn.dynamic_decode",
    "fluid.contrib.layers": "paddle.incubate.layers",
    "fluid.contrib.mixed_precision": "paddle.amp",
    "fluid.contrib.model_stat": "paddle.summary",
    "fluid.contrib.quantize": "paddle.quantization",
    "fluid.contrib.reader": "paddle.io.DistributedBatchSampler",
    "fluid.contrib.slim": "paddle.quantization, or the package PaddleSlim",
    "fluid.contrib.utils": "paddle.distributed.fleet.utils",
    "fluid.core": "paddle: places, dtypes and flags have public names there",
    "fluid.data_feed_desc": "paddle.io.DataLoader",
    "fluid.data_feeder": "a dictionary of NumPy arrays as feed",
    "fluid.dataset": "paddle.distributed.InMemoryDataset and paddle.distributed.QueueDataset",
    "fluid.dygraph": "paddle and paddle.nn, where dynamic graphs are the default",
    "fluid.dygraph.base": "paddle",
    "fluid.dygraph.checkpoint": "paddle.save and paddle.load",
    "fluid.dygraph.container": "paddle.nn.Sequential, paddle.nn.LayerList and paddle.nn.ParameterList",
    "fluid.dygraph.dygraph_to_static": "paddle.jit",
    "fluid.dygraph.jit": "paddle.jit",
    "fluid.dygraph.layers": "paddle.nn.Layer",
    "fluid.dygraph.learning_rate_scheduler": "paddle.optimizer.lr, with step() after each batch",
    "fluid.dygraph.nn": "paddle.nn",
    "fluid.dygraph.parallel": "paddle.DataParallel and paddle.distributed",
    "fluid.evaluator": "paddle.metric",
    "fluid.incubate": "paddle.incubate",
    "fluid.incubate.data_generator": "paddle.distributed.fleet.MultiSlotDataGenerator",
    "fluid.incubate.fleet": "paddle.distributed.fleet",
    "fluid.initializer": "paddle.nn.initializer",
    "fluid.input": "paddle.nn.functional.one_hot and paddle.nn.functional.embedding",
    "fluid.install_check": "paddle.utils.run_check",
    "fluid.install_check.run_check": "paddle.utils.run_check",
    "fluid.io": "paddle.io to read data, paddle.save and paddle.load, for static programs paddle.static",
    "fluid.layer_helper": "paddle.nn.Layer.create_parameter",
    "fluid.learning_rate_decay": "paddle.optimizer.lr, with step() after each batch",
    "fluid.lod_tensor": "padded tensors and a tensor of their lengths",
    "fluid.metrics": "paddle.metric",
    "fluid.nets": "paddle.nn.Sequential",
    "fluid.optimizer": "paddle.optimizer",
    "fluid.parallel_executor": "paddle.DataParallel",
    "fluid.param_attr": "paddle.ParamAttr",
    "fluid.profiler": "paddle.profiler",
    "fluid.reader": "paddle.io.DataLoader",
    "fluid.regularizer": "paddle.regularizer",
    "fluid.trainer_desc": "paddle.distributed.fleet",
    "fluid.transpiler": "paddle.distributed.fleet",
    # losses
    "fluid.layers.bpr_loss": (
        "has no successor; the mean of -paddle.nn.functional.log_sigmoid(x[label] - x[other]) over the others"
    ),
    "fluid.layers.center_loss": "has no successor; a paddle.nn.Layer that keeps the centers as a buffer",
    "fluid.layers.cross_entropy": (
        "paddle.nn.functional.cross_entropy(use_softmax=False, reduction='none'), or on logits with "
        "use_softmax=True"
    ),
    "fluid.layers.dice_loss": "paddle.nn.functional.dice_loss",
    "fluid.layers.edit_distance": (
        "paddle.nn.functional.loss.edit_distance(input_length=..., label_length=...)"
    ),
    "fluid.layers.hsigmoid": "paddle.nn.HSigmoidLoss or paddle.nn.functional.hsigmoid_loss",
    "fluid.layers.huber_loss": "paddle_losses.huber_loss(delta=..., reduction='none')",
    "fluid.layers.kldiv_loss": "paddle.nn.functional.kl_div",
    "fluid.layers.label_smooth": "paddle.nn.functional.label_smooth",
    "fluid.layers.linear_chain_crf": "has no successor in Paddle; paddlenlp has LinearChainCrfLoss",
    "fluid.layers.log_loss": (
        "paddle_losses.binary_cross_entropy(reduction='none'), with the old epsilon "
        "paddle.nn.functional.log_loss"
    ),
    "fluid.layers.margin_rank_loss": (
        "paddle.nn.functional.margin_ranking_loss(left, right, label, margin=0.1, reduction='none')"
    ),
    "fluid.layers.mse_loss": "paddle_losses.mse_loss",
    "fluid.layers.nce": "paddle.static.nn.nce, in static programs",
    "fluid.layers.npair_loss": "paddle.nn.functional.npair_loss",
    "fluid.layers.rank_loss": (
        "paddle_losses.binary_cross_entropy_with_logits(left - right, label, reduction='none')"
    ),
    "fluid.layers.sampled_softmax_with_cross_entropy": (
        "has no successor; paddle.nn.functional.cross_entropy over all classes, or paddle.static.nn.nce"
    ),
    "fluid.layers.sigmoid_cross_entropy_with_logits": (
        "paddle_losses.binary_cross_entropy_with_logits(reduction='none'); mask ignored labels yourself"
    ),
    "fluid.layers.sigmoid_focal_loss": (
        "paddle_losses.sigmoid_focal_loss(reduction='none') / fg_num, on one-hot labels without the "
        "background"
    ),
    "fluid.layers.smooth_l1": (
        "paddle_losses.smooth_l1_loss(beta=1 / sigma**2, reduction='none'), summed over each row"
    ),
    "fluid.layers.softmax_with_cross_entropy": (
        "paddle.nn.functional.cross_entropy(reduction='none'), on logits"
    ),
    "fluid.layers.square_error_cost": "paddle_losses.mse_loss(reduction='none')",
    "fluid.layers.teacher_student_sigmoid_loss": (
        "paddle_losses.binary_cross_entropy_with_logits, once for the click and once for the teacher"
    ),
    "fluid.layers.warpctc": (
        "paddle.nn.functional.ctc_loss(reduction='none'), on padded logits with their lengths"
    ),
    # activations
    "fluid.layers.brelu": "paddle.nn.functional.hardtanh(min=0.0, max=24.0)",
    "fluid.layers.elu": "paddle.nn.functional.elu",
    "fluid.layers.gelu": "paddle.nn.functional.gelu",
    "fluid.layers.hard_shrink": "paddle.nn.functional.hardshrink",
    "fluid.layers.hard_sigmoid": "paddle.nn.functional.hardsigmoid(slope=0.2): today's default is 1/6",
    "fluid.layers.hard_swish": "paddle.nn.functional.hardswish",
    "fluid.layers.leaky_relu": (
        "paddle.nn.functional.leaky_relu(negative_slope=0.02): today's default is 0.01"
    ),
    "fluid.layers.log_softmax": "paddle.nn.functional.log_softmax",
    "fluid.layers.logsigmoid": "paddle.nn.functional.log_sigmoid",
    "fluid.layers.maxout": "paddle.nn.functional.maxout",
    "fluid.layers.mish": "paddle.nn.functional.mish",
    "fluid.layers.prelu": "paddle.nn.PReLU",
    "fluid.layers.relu6": "paddle.nn.functional.relu6, with another threshold paddle.nn.functional.hardtanh",
    "fluid.layers.selu": "paddle.nn.functional.selu",
    "fluid.layers.soft_relu": "paddle.nn.functional.softplus of paddle.clip(x, -40.0, 40.0)",
    "fluid.layers.softplus": "paddle.nn.functional.softplus",
    "fluid.layers.softshrink": "paddle.nn.functional.softshrink",
    "fluid.layers.softsign": "paddle.nn.functional.softsign",
    "fluid.layers.stanh": "paddle.stanh",
    "fluid.layers.swish": (
        "paddle.nn.functional.silu(x), with beta x * paddle.nn.functional.sigmoid(beta * x)"
    ),
    "fluid.layers.tanh_shrink": "paddle.nn.functional.tanhshrink",
    "fluid.layers.thresholded_relu": "paddle.nn.functional.thresholded_relu",
    # elementwise arithmetic and comparison
    "fluid.layers.acos": "paddle.acos",
    "fluid.layers.addcmul": "input + value * tensor1 * tensor2",
    "fluid.layers.addmm": "paddle.addmm",
    "fluid.layers.allclose": "paddle.allclose",
    "fluid.layers.asin": "paddle.asin",
    "fluid.layers.atan": "paddle.atan",
    "fluid.layers.ceil": "paddle.ceil",
    "fluid.layers.clamp": "paddle.clip",
    "fluid.layers.clip_by_norm": "x * paddle.clip(max_norm / paddle.linalg.norm(x), max=1.0)",
    "fluid.layers.cos": "paddle.cos",
    "fluid.layers.elementwise_equal": "x == y or paddle.equal",
    "fluid.layers.erf": "paddle.erf",
    "fluid.layers.floor": "paddle.floor",
    "fluid.layers.has_inf": "paddle.isinf(x).any()",
    "fluid.layers.has_nan": "paddle.isnan(x).any()",
    "fluid.layers.increment": "paddle.increment",
    "fluid.layers.is_empty": "paddle.is_empty",
    "fluid.layers.isfinite": "paddle.isfinite(x).all(): without all() it is elementwise today",
    "fluid.layers.log1p": "paddle.log1p",
    "fluid.layers.logical_and": "paddle.logical_and",
    "fluid.layers.logical_not": "paddle.logical_not",
    "fluid.layers.logical_or": "paddle.logical_or",
    "fluid.layers.logical_xor": "paddle.logical_xor",
    "fluid.layers.reciprocal": "paddle.reciprocal",
    "fluid.layers.round": "paddle.round; Paddle 3 rounds halves to even, the old one away from 0",
    "fluid.layers.rsqrt": "paddle.rsqrt",
    "fluid.layers.sign": "paddle.sign",
    "fluid.layers.sin": "paddle.sin",
    "fluid.layers.sum": "paddle.add_n (paddle.sum adds up the elements of one tensor)",
    "fluid.layers.sums": "paddle.add_n",
    # reductions, sorting, searching
    "fluid.layers.argmax": "paddle.argmax(axis=0): without axis it flattens today",
    "fluid.layers.argmin": "paddle.argmin(axis=0): without axis it flattens today",
    "fluid.layers.argsort": "paddle.sort and paddle.argsort, which returns the indices only",
    "fluid.layers.cumsum": "paddle.cumsum(axis=-1): without axis it flattens today",
    "fluid.layers.dist": "paddle.dist",
    "fluid.layers.index_sample": "paddle.index_sample",
    "fluid.layers.index_select": "paddle.index_select",
    "fluid.layers.logsumexp": "paddle.logsumexp",
    "fluid.layers.nonzero": "paddle.nonzero",
    "fluid.layers.reduce_all": "paddle.all",
    "fluid.layers.reduce_any": "paddle.any",
    "fluid.layers.reduce_max": "paddle.max",
    "fluid.layers.reduce_min": "paddle.min",
    "fluid.layers.reduce_prod": "paddle.prod",
    "fluid.layers.topk": "paddle.topk",
    "fluid.layers.trace": "paddle.trace",
    "fluid.layers.unique": (
        "paddle.unique(return_inverse=True), sorted; the old one kept the order of appearance"
    ),
    "fluid.layers.unique_with_counts": (
        "paddle.unique(return_inverse=True, return_counts=True), sorted unlike the old one"
    ),
    "fluid.layers.where": "paddle.nonzero (paddle.where with one argument returns a tuple)",
    # linear algebra
    "fluid.layers.bmm": "paddle.bmm",
    "fluid.layers.cos_sim": (
        "paddle.nn.functional.cosine_similarity(axis=1), without the last dimension of size 1"
    ),
    "fluid.layers.cross": "paddle.cross",
    "fluid.layers.dot": "paddle.dot",
    "fluid.layers.fsp_matrix": "paddle.matmul of the two maps flattened to [N, C, H * W], divided by H * W",
    "fluid.layers.kron": "paddle.kron",
    "fluid.layers.l2_normalize": (
        "paddle.nn.functional.normalize, where epsilon bounds the norm; the old one added it under the root"
    ),
    "fluid.layers.matmul": "paddle.matmul; alpha is a factor",
    "fluid.layers.mul": "paddle.matmul, after paddle.flatten(start_axis=1) of x",
    "fluid.layers.t": "paddle.t",
    # making tensors
    "fluid.layers.arange": "paddle.arange",
    "fluid.layers.assign": "paddle.assign",
    "fluid.layers.create_global_var": "paddle.full, in static programs paddle.static.create_global_var",
    "fluid.layers.create_parameter": "paddle.create_parameter or paddle.nn.Layer.create_parameter",
    "fluid.layers.create_tensor": "nothing: a result is a tensor of its own",
    "fluid.layers.diag": "paddle.diag",
    "fluid.layers.diag_embed": "paddle.diag_embed",
    "fluid.layers.eye": "paddle.eye, for batch_shape then paddle.tile",
    "fluid.layers.fill_constant": "paddle.full(shape, value, dtype)",
    "fluid.layers.fill_constant_batch_size_like": "paddle.full([x.shape[0], ...], value, dtype)",
    "fluid.layers.full": "paddle.full",
    "fluid.layers.full_like": "paddle.full_like",
    "fluid.layers.gaussian_random": "paddle.normal(mean, std, shape), seeded by paddle.seed",
    "fluid.layers.gaussian_random_batch_size_like": "paddle.normal(mean, std, [x.shape[0], ...])",
    "fluid.layers.linspace": "paddle.linspace",
    "fluid.layers.load": "paddle.load",
    "fluid.layers.meshgrid": "paddle.meshgrid",
    "fluid.layers.ones": "paddle.ones",
    "fluid.layers.randint": "paddle.randint",
    "fluid.layers.randn": "paddle.randn",
    "fluid.layers.randperm": "paddle.randperm",
    "fluid.layers.range": "paddle.arange",
    "fluid.layers.sampling_id": "paddle.multinomial",
    "fluid.layers.tril": "paddle.tril",
    "fluid.layers.triu": "paddle.triu",
    "fluid.layers.uniform_random": (
        "paddle.uniform(min=-1.0, max=1.0): name the bounds, today's defaults vary"
    ),
    "fluid.layers.uniform_random_batch_size_like": "paddle.uniform([x.shape[0], ...], min=-1.0, max=1.0)",
    "fluid.layers.zeros": "paddle.zeros",
    # shapes and indexing
    "fluid.layers.concat": "paddle.concat",
    "fluid.layers.crop": "paddle.crop",
    "fluid.layers.crop_tensor": "paddle.crop",
    "fluid.layers.expand": "paddle.tile (paddle.expand takes the shape of the result)",
    "fluid.layers.expand_as": "paddle.tile; paddle.expand_as repeats only dimensions of size 1",
    "fluid.layers.flatten": "paddle.reshape(x, [rows, -1]), for axis=1 paddle.flatten(start_axis=1)",
    "fluid.layers.flip": "paddle.flip",
    "fluid.layers.gather": "paddle.gather",
    "fluid.layers.gather_nd": "paddle.gather_nd",
    "fluid.layers.gather_tree": "paddle.nn.functional.gather_tree",
    "fluid.layers.multiplex": "paddle.multiplex",
    "fluid.layers.one_hot": (
        "paddle.nn.functional.one_hot(x.squeeze(-1), depth): today the last dimension of size 1 stays"
    ),
    "fluid.layers.pad": "paddle.nn.functional.pad",
    "fluid.layers.pad2d": (
        "paddle.nn.functional.pad with [left, right, top, bottom], edge is replicate; the old order was "
        "top first"
    ),
    "fluid.layers.pad_constant_like": "paddle.nn.functional.pad by the difference of the shapes",
    "fluid.layers.rank": "x.ndim or paddle.rank",
    "fluid.layers.reshape": "paddle.reshape",
    "fluid.layers.reverse": "paddle.flip",
    "fluid.layers.roll": "paddle.roll",
    "fluid.layers.scatter": "paddle.scatter",
    "fluid.layers.scatter_nd": "paddle.scatter_nd",
    "fluid.layers.scatter_nd_add": "paddle.scatter_nd_add",
    "fluid.layers.shape": "x.shape or paddle.shape",
    "fluid.layers.shard_index": "paddle.shard_index",
    "fluid.layers.size": "paddle.numel",
    "fluid.layers.slice": "x[start:end] or paddle.slice",
    "fluid.layers.split": "paddle.split(axis=-1): today's default is axis=0",
    "fluid.layers.squeeze": "paddle.squeeze",
    "fluid.layers.stack": "paddle.stack",
    "fluid.layers.strided_slice": "x[start:end:step] or paddle.strided_slice",
    "fluid.layers.transpose": "paddle.transpose",
    "fluid.layers.unsqueeze": "paddle.unsqueeze",
    "fluid.layers.unstack": "paddle.unstack",
    "fluid.embedding": "paddle.nn.Embedding or paddle.nn.functional.embedding",
    "fluid.one_hot": "paddle.nn.functional.one_hot; ids outside of depth are an error today, no row of zeros",
    # networks
    "fluid.layers.add_position_encoding": (
        "has no successor; add the sines and cosines with paddle.sin and paddle.cos"
    ),
    "fluid.layers.batch_norm": "paddle.nn.BatchNorm1D, paddle.nn.BatchNorm2D or paddle.nn.BatchNorm3D",
    "fluid.layers.bilinear_tensor_product": "paddle.nn.Bilinear",
    "fluid.layers.continuous_value_model": "paddle.static.nn.continuous_value_model, in static programs",
    "fluid.layers.data_norm": "has no successor; paddle.nn.BatchNorm1D is the nearest",
    "fluid.layers.dropout": (
        "paddle.nn.functional.dropout(mode='downscale_in_infer'): today's default mode is upscale_in_train"
    ),
    "fluid.layers.embedding": "paddle.nn.Embedding, on ids without the last dimension of size 1",
    "fluid.layers.fc": "paddle.nn.Linear, after paddle.flatten(start_axis=1) of the input",
    "fluid.layers.filter_by_instag": "has no successor; a boolean mask",
    "fluid.layers.group_norm": "paddle.nn.GroupNorm",
    "fluid.layers.hash": "has no successor; hash the ids before they become tensors",
    "fluid.layers.inplace_abn": "paddle.nn.BatchNorm2D and an activation",
    "fluid.layers.instance_norm": "paddle.nn.InstanceNorm2D",
    "fluid.layers.layer_norm": "paddle.nn.LayerNorm",
    "fluid.layers.lrn": (
        "paddle.nn.functional.local_response_norm(size=n, alpha=n * alpha): today alpha is divided by size"
    ),
    "fluid.layers.py_func": "Python between two layers, with its own gradient paddle.autograd.PyLayer",
    "fluid.layers.row_conv": "paddle.static.nn.row_conv, in static programs",
    "fluid.layers.similarity_focus": "has no successor",
    "fluid.layers.spectral_norm": "paddle.nn.SpectralNorm or paddle.nn.utils.spectral_norm",
    "fluid.layers.temporal_shift": "paddle.nn.functional.temporal_shift",
    # convolution, pooling, images
    "fluid.layers.adaptive_pool2d": (
        "paddle.nn.functional.adaptive_max_pool2d or paddle.nn.functional.adaptive_avg_pool2d"
    ),
    "fluid.layers.adaptive_pool3d": (
        "paddle.nn.functional.adaptive_max_pool3d or paddle.nn.functional.adaptive_avg_pool3d"
    ),
    "fluid.layers.affine_channel": "x * scale + bias, both reshaped to [1, C, 1, 1]",
    "fluid.layers.affine_grid": "paddle.nn.functional.affine_grid",
    "fluid.layers.conv2d": "paddle.nn.Conv2D or paddle.nn.functional.conv2d",
    "fluid.layers.conv2d_transpose": "paddle.nn.Conv2DTranspose or paddle.nn.functional.conv2d_transpose",
    "fluid.layers.conv3d": "paddle.nn.Conv3D or paddle.nn.functional.conv3d",
    "fluid.layers.conv3d_transpose": "paddle.nn.Conv3DTranspose or paddle.nn.functional.conv3d_transpose",
    "fluid.layers.deformable_conv": "paddle.vision.ops.DeformConv2D",
    "fluid.layers.grid_sampler": "paddle.nn.functional.grid_sample",
    "fluid.layers.im2sequence": "paddle.nn.functional.unfold and paddle.transpose",
    "fluid.layers.image_resize": (
        "paddle.nn.functional.interpolate(mode='bilinear', align_corners=True): both defaults differ today"
    ),
    "fluid.layers.image_resize_short": (
        "paddle.nn.functional.interpolate with the size worked out from x.shape"
    ),
    "fluid.layers.interpolate": (
        "paddle.nn.functional.interpolate(mode='bilinear', align_corners=True): both defaults differ today"
    ),
    "fluid.layers.pixel_shuffle": "paddle.nn.functional.pixel_shuffle",
    "fluid.layers.pool2d": (
        "paddle.nn.functional.max_pool2d(stride=1) or paddle.nn.functional.avg_pool2d(stride=1): "
        "today's default stride is the size"
    ),
    "fluid.layers.pool3d": (
        "paddle.nn.functional.max_pool3d(stride=1) or paddle.nn.functional.avg_pool3d(stride=1): "
        "today's default stride is the size"
    ),
    "fluid.layers.random_crop": "paddle.vision.transforms.RandomCrop",
    "fluid.layers.resize_bilinear": (
        "paddle.nn.functional.interpolate(mode='bilinear', align_corners=True): today's default is False"
    ),
    "fluid.layers.resize_nearest": (
        "paddle.nn.functional.interpolate(mode='nearest'), which is the old align_corners=False"
    ),
    "fluid.layers.resize_trilinear": (
        "paddle.nn.functional.interpolate(mode='trilinear', align_corners=True, data_format='NCDHW')"
    ),
    "fluid.layers.shuffle_channel": "paddle.nn.functional.channel_shuffle",
    "fluid.layers.space_to_depth": (
        "paddle.nn.functional.pixel_unshuffle, which orders the elements differently"
    ),
    "fluid.layers.unfold": "paddle.nn.functional.unfold",
    # detection
    "fluid.layers.anchor_generator": "has no successor; PaddleDetection has one",
    "fluid.layers.bipartite_match": "has no successor; a Python loop over paddle.argmax of the distances",
    "fluid.layers.box_clip": "paddle.clip of each coordinate",
    "fluid.layers.box_coder": "paddle.vision.ops.box_coder",
    "fluid.layers.box_decoder_and_assign": "paddle.vision.ops.box_coder, then the box of the best class",
    "fluid.layers.collect_fpn_proposals": "paddle.concat of the levels, then paddle.topk of the scores",
    "fluid.layers.deformable_roi_pooling": (
        "has no successor; paddle.vision.ops.psroi_pool and paddle.vision.ops.roi_align are related"
    ),
    "fluid.layers.density_prior_box": (
        "has no successor; paddle.vision.ops.prior_box makes the boxes without densities"
    ),
    "fluid.layers.detection_output": "paddle.vision.ops.box_coder, then paddle.vision.ops.nms",
    "fluid.layers.distribute_fpn_proposals": (
        "paddle.vision.ops.distribute_fpn_proposals(pixel_offset=True, rois_num=...)"
    ),
    "fluid.layers.generate_mask_labels": "has no successor; PaddleDetection has its own",
    "fluid.layers.generate_proposal_labels": "has no successor; PaddleDetection has its own",
    "fluid.layers.generate_proposals": "paddle.vision.ops.generate_proposals(pixel_offset=True)",
    "fluid.layers.iou_similarity": "has no successor; from paddle.maximum and paddle.minimum of the corners",
    "fluid.layers.locality_aware_nms": "has no successor; paddle.vision.ops.nms does not merge boxes",
    "fluid.layers.matrix_nms": "paddle.vision.ops.matrix_nms",
    "fluid.layers.multi_box_head": "paddle.vision.ops.prior_box and paddle.nn.Conv2D on each map",
    "fluid.layers.multiclass_nms": (
        "paddle.vision.ops.nms(category_idxs=..., categories=...), one image at a time"
    ),
    "fluid.layers.polygon_box_transform": "has no successor",
    "fluid.layers.prior_box": "paddle.vision.ops.prior_box",
    "fluid.layers.prroi_pool": "has no successor; paddle.vision.ops.roi_align is the nearest",
    "fluid.layers.psroi_pool": "paddle.vision.ops.psroi_pool",
    "fluid.layers.retinanet_detection_output": "paddle.vision.ops.box_coder, then paddle.vision.ops.nms",
    "fluid.layers.retinanet_target_assign": "has no successor; PaddleDetection has its own",
    "fluid.layers.roi_align": "paddle.vision.ops.roi_align(aligned=False): today's default is True",
    "fluid.layers.roi_perspective_transform": "has no successor",
    "fluid.layers.roi_pool": "paddle.vision.ops.roi_pool",
    "fluid.layers.rpn_target_assign": "has no successor; PaddleDetection has its own",
    "fluid.layers.ssd_loss": "has no successor; PaddleDetection has SSDLoss",
    "fluid.layers.target_assign": "has no successor; PaddleDetection has its own",
    "fluid.layers.yolo_box": "paddle.vision.ops.yolo_box",
    "fluid.layers.yolov3_loss": "paddle.vision.ops.yolo_loss",
    # recurrent networks and decoding
    "fluid.layers.BasicDecoder": "a Python loop over the cell",
    "fluid.layers.BeamSearchDecoder": "paddle.nn.BeamSearchDecoder",
    "fluid.layers.DecodeHelper": "a Python loop over the cell",
    "fluid.layers.Decoder": "paddle.nn.decode.Decoder",
    "fluid.layers.DynamicRNN": "paddle.nn.RNN(cell)(x, sequence_length=...) on padded tensors",
    "fluid.layers.GRUCell": "paddle.nn.GRUCell",
    "fluid.layers.GreedyEmbeddingHelper": "a Python loop over the cell, with paddle.argmax",
    "fluid.layers.LSTMCell": "paddle.nn.LSTMCell; the old one added 1 to the forget gate",
    "fluid.layers.RNNCell": "paddle.nn.RNNCellBase",
    "fluid.layers.SampleEmbeddingHelper": "a Python loop over the cell, with paddle.multinomial",
    "fluid.layers.StaticRNN": "a Python loop over time, or paddle.nn.RNN",
    "fluid.layers.TrainingHelper": "a Python loop over the cell, or paddle.nn.RNN",
    "fluid.layers.beam_search": "paddle.nn.BeamSearchDecoder with paddle.nn.dynamic_decode",
    "fluid.layers.beam_search_decode": "paddle.nn.functional.gather_tree, or paddle.nn.dynamic_decode",
    "fluid.layers.crf_decoding": (
        "paddle.text.viterbi_decode, whose transition matrix is laid out differently"
    ),
    "fluid.layers.ctc_greedy_decoder": (
        "paddle.argmax over the classes, then drop repeats and blanks in Python"
    ),
    "fluid.layers.dynamic_decode": "paddle.nn.dynamic_decode",
    "fluid.layers.dynamic_gru": (
        "paddle.nn.GRU, which also does the projection of the input, on padded tensors"
    ),
    "fluid.layers.dynamic_lstm": "paddle.nn.LSTM, without peepholes, on padded tensors",
    "fluid.layers.dynamic_lstmp": "paddle.nn.RNN over a cell of your own, on padded tensors",
    "fluid.layers.gru_unit": "paddle.nn.GRUCell, whose gates are laid out differently",
    "fluid.layers.lstm": "paddle.nn.LSTM",
    "fluid.layers.lstm_unit": "paddle.nn.LSTMCell",
    "fluid.layers.rnn": "paddle.nn.RNN",
    # sequences of different lengths (LoD tensors)
    "fluid.layers.lod_append": "nothing: tensors have no LoD; keep the lengths in a tensor of their own",
    "fluid.layers.lod_reset": "nothing: tensors have no LoD; keep the lengths in a tensor of their own",
    "fluid.layers.reorder_lod_tensor_by_rank": "paddle.gather of a padded tensor with the new order",
    "fluid.layers.sequence_concat": "paddle.concat of each pair of sequences",
    "fluid.layers.sequence_conv": "paddle.nn.Conv1D on padded tensors",
    "fluid.layers.sequence_enumerate": "paddle.unfold of each sequence, padded at its end",
    "fluid.layers.sequence_expand": "paddle.repeat_interleave with the repeats of each row",
    "fluid.layers.sequence_expand_as": "paddle.repeat_interleave with the lengths",
    "fluid.layers.sequence_first_step": "x[:, 0] of a padded tensor",
    "fluid.layers.sequence_last_step": "x[paddle.arange(len(x)), length - 1] of a padded tensor",
    "fluid.layers.sequence_mask": "paddle.nn.functional.sequence_mask",
    "fluid.layers.sequence_pad": "paddle.nn.functional.pad of each sequence, then paddle.stack",
    "fluid.layers.sequence_pool": (
        "paddle.nn.functional.sequence_mask on a padded tensor, then paddle.sum, paddle.mean or paddle.max"
    ),
    "fluid.layers.sequence_reshape": "paddle.reshape of each sequence",
    "fluid.layers.sequence_reverse": "paddle.flip of each sequence",
    "fluid.layers.sequence_scatter": "paddle.scatter_nd_add",
    "fluid.layers.sequence_slice": "a slice of each sequence",
    "fluid.layers.sequence_softmax": (
        "paddle.nn.functional.softmax of a padded tensor, with -inf where "
        "paddle.nn.functional.sequence_mask is 0"
    ),
    "fluid.layers.sequence_unpad": "x[i, : length[i]] for each sequence",
    # control flow
    "fluid.layers.Print": "print(x), in static programs paddle.static.Print",
    "fluid.layers.Switch": "Python's if and elif, in static programs paddle.static.nn.case",
    "fluid.layers.While": "Python's while, in static programs paddle.static.nn.while_loop",
    "fluid.layers.array_length": "len() of a Python list",
    "fluid.layers.array_read": "an index into a Python list",
    "fluid.layers.array_write": "append() to a Python list",
    "fluid.layers.autoincreased_step_counter": "a Python counter, or a scheduler of paddle.optimizer.lr",
    "fluid.layers.case": "Python's if and elif, in static programs paddle.static.nn.case",
    "fluid.layers.cond": "Python's if, in static programs paddle.static.nn.cond",
    "fluid.layers.create_array": "a Python list",
    "fluid.layers.switch_case": "a list of functions, in static programs paddle.static.nn.switch_case",
    "fluid.layers.tensor_array_to_tensor": "paddle.concat or paddle.stack of a Python list",
    "fluid.layers.while_loop": "Python's while, in static programs paddle.static.nn.while_loop",
    # distributions
    "fluid.layers.Categorical": "paddle.distribution.Categorical, whose sample takes the logits as weights",
    "fluid.layers.MultivariateNormalDiag": (
        "paddle.distribution.Independent of paddle.distribution.Normal with the root of scale's diagonal"
    ),
    "fluid.layers.Normal": "paddle.distribution.Normal",
    "fluid.layers.Uniform": "paddle.distribution.Uniform",
    # learning rates
    "fluid.layers.cosine_decay": (
        "paddle.optimizer.lr.CosineAnnealingDecay(T_max=epochs), with step() once an epoch"
    ),
    "fluid.layers.exponential_decay": (
        "paddle.optimizer.lr.ExponentialDecay(gamma=decay_rate ** (1 / decay_steps)), with step() after "
        "each batch; staircase: paddle.optimizer.lr.StepDecay"
    ),
    "fluid.layers.inverse_time_decay": (
        "paddle.optimizer.lr.InverseTimeDecay(gamma=decay_rate / decay_steps), with step() after each batch"
    ),
    "fluid.layers.linear_lr_warmup": "paddle.optimizer.lr.LinearWarmup, with step() after each batch",
    "fluid.layers.natural_exp_decay": (
        "paddle.optimizer.lr.NaturalExpDecay(gamma=decay_rate / decay_steps), with step() after each batch"
    ),
    "fluid.layers.noam_decay": (
        "paddle.optimizer.lr.NoamDecay, with step() after each batch and once before: the old one began at 1"
    ),
    "fluid.layers.piecewise_decay": "paddle.optimizer.lr.PiecewiseDecay, with step() after each batch",
    "fluid.layers.polynomial_decay": "paddle.optimizer.lr.PolynomialDecay, with step() after each batch",
    "fluid.dygraph.CosineDecay": (
        "paddle.optimizer.lr.CosineAnnealingDecay(T_max=epochs), with step() once an epoch"
    ),
    "fluid.dygraph.ExponentialDecay": (
        "paddle.optimizer.lr.ExponentialDecay(gamma=decay_rate ** (1 / decay_steps)), with step() after "
        "each batch; staircase: paddle.optimizer.lr.StepDecay"
    ),
    "fluid.dygraph.InverseTimeDecay": (
        "paddle.optimizer.lr.InverseTimeDecay(gamma=decay_rate / decay_steps), with step() after each batch"
    ),
    "fluid.dygraph.LambdaDecay": "paddle.optimizer.lr.LambdaDecay, whose step() is the old epoch()",
    "fluid.dygraph.LinearLrWarmup": (
        "paddle.optimizer.lr.LinearWarmup, with step() after each batch and once before: the old one "
        "began at 1"
    ),
    "fluid.dygraph.MultiStepDecay": "paddle.optimizer.lr.MultiStepDecay, whose step() is the old epoch()",
    "fluid.dygraph.NaturalExpDecay": (
        "paddle.optimizer.lr.NaturalExpDecay(gamma=decay_rate / decay_steps), with step() after each batch"
    ),
    "fluid.dygraph.NoamDecay": (
        "paddle.optimizer.lr.NoamDecay, with step() after each batch and once before: the old one began at 1"
    ),
    "fluid.dygraph.PiecewiseDecay": "paddle.optimizer.lr.PiecewiseDecay, with step() after each batch",
    "fluid.dygraph.PolynomialDecay": "paddle.optimizer.lr.PolynomialDecay, with step() after each batch",
    "fluid.dygraph.ReduceLROnPlateau": "paddle.optimizer.lr.ReduceOnPlateau",
    "fluid.dygraph.StepDecay": "paddle.optimizer.lr.StepDecay, whose step() is the old epoch()",
    # metrics
    "fluid.layers.accuracy": "paddle.metric.accuracy",
    "fluid.layers.auc": "paddle.metric.Auc",
    "fluid.layers.chunk_eval": "has no successor in Paddle; the package seqeval",
    "fluid.layers.mean_iou": "has no successor; from paddle.bincount of num_classes * label + input",
    "fluid.metrics.Accuracy": "paddle.metric.Accuracy, whose update() takes what its compute() returns",
    "fluid.metrics.Auc": "paddle.metric.Auc",
    "fluid.metrics.ChunkEvaluator": "has no successor in Paddle; the package seqeval",
    "fluid.metrics.CompositeMetric": "a Python list of paddle.metric.Metric",
    "fluid.metrics.DetectionMAP": "has no successor in Paddle; the package pycocotools",
    "fluid.metrics.EditDistance": "paddle.nn.functional.loss.edit_distance and a mean",
    "fluid.metrics.MetricBase": "paddle.metric.Metric",
    "fluid.metrics.Precision": "paddle.metric.Precision",
    "fluid.metrics.Recall": "paddle.metric.Recall",
    "fluid.evaluator.ChunkEvaluator": "has no successor in Paddle; the package seqeval",
    "fluid.evaluator.DetectionMAP": "has no successor in Paddle; the package pycocotools",
    "fluid.evaluator.EditDistance": "paddle.nn.functional.loss.edit_distance and a mean",
    "fluid.average.WeightedAverage": "numpy.average(values, weights=...)",
    # composed networks
    "fluid.nets.glu": "paddle.nn.functional.glu",
    "fluid.nets.img_conv_group": (
        "paddle.nn.Sequential of paddle.nn.Conv2D, paddle.nn.BatchNorm2D and paddle.nn.MaxPool2D"
    ),
    "fluid.nets.scaled_dot_product_attention": (
        "paddle.nn.functional.scaled_dot_product_attention, on [batch, time, heads, size]"
    ),
    "fluid.nets.sequence_conv_pool": "paddle.nn.Conv1D on padded tensors, then paddle.max over time",
    "fluid.nets.simple_img_conv_pool": "paddle.nn.Sequential of paddle.nn.Conv2D and paddle.nn.MaxPool2D",
    # reading data
    "fluid.layers.create_py_reader_by_data": "paddle.io.DataLoader",
    "fluid.layers.double_buffer": "paddle.io.DataLoader",
    "fluid.layers.py_reader": "paddle.io.DataLoader",
    "fluid.layers.read_file": "paddle.io.DataLoader",
    "fluid.DataFeedDesc": "paddle.io.DataLoader",
    "fluid.DataFeeder": "a dictionary of NumPy arrays as feed",
    "fluid.DataFeeder.feed": "a dictionary of NumPy arrays as feed",
    "fluid.DatasetFactory": "paddle.distributed.InMemoryDataset or paddle.distributed.QueueDataset",
    "fluid.InMemoryDataset": "paddle.distributed.InMemoryDataset",
    "fluid.QueueDataset": "paddle.distributed.QueueDataset",
    "fluid.data_feeder.DataFeeder": "a dictionary of NumPy arrays as feed",
    "fluid.io.ComposeNotAligned": "paddle.reader.ComposeNotAligned",
    "fluid.io.DataLoader": "paddle.io.DataLoader",
    "fluid.io.DataLoader.from_dataset": "paddle.io.DataLoader",
    "fluid.io.DataLoader.from_generator": "paddle.io.DataLoader over a paddle.io.IterableDataset",
    "fluid.io.PyReader": "paddle.io.DataLoader over a paddle.io.IterableDataset",
    "fluid.io.batch": "paddle.batch, or paddle.io.DataLoader(batch_size=...)",
    "fluid.io.buffered": "paddle.reader.buffered",
    "fluid.io.cache": "paddle.reader.cache",
    "fluid.io.chain": "paddle.reader.chain",
    "fluid.io.compose": "paddle.reader.compose",
    "fluid.io.default_collate_fn": "nothing: it is the default of paddle.io.DataLoader",
    "fluid.io.firstn": "paddle.reader.firstn",
    "fluid.io.map_readers": "paddle.reader.map_readers",
    "fluid.io.multiprocess_reader": (
        "paddle.io.DataLoader(num_workers=...), or paddle.reader.multiprocess_reader"
    ),
    "fluid.io.shuffle": "paddle.reader.shuffle, or paddle.io.DataLoader(shuffle=True)",
    "fluid.io.xmap_readers": "paddle.reader.xmap_readers",
    # saving and loading
    "fluid.load": "paddle.load, for static programs paddle.static.load",
    "fluid.load_dygraph": "paddle.load of the file with its ending, .pdparams or .pdopt",
    "fluid.load_program_state": "paddle.static.load_program_state",
    "fluid.save": "paddle.save, for static programs paddle.static.save",
    "fluid.save_dygraph": "paddle.save to a file with its ending, .pdparams or .pdopt",
    "fluid.set_program_state": "paddle.static.set_program_state",
    "fluid.dygraph.load_dygraph": "paddle.load of the file with its ending, .pdparams or .pdopt",
    "fluid.dygraph.save_dygraph": "paddle.save to a file with its ending, .pdparams or .pdopt",
    "fluid.io.get_program_parameter": "paddle.nn.Layer.parameters, for static programs all_parameters()",
    "fluid.io.get_program_persistable_vars": "paddle.nn.Layer.state_dict, for static programs list_vars()",
    "fluid.io.load": "paddle.load, for static programs paddle.static.load",
    "fluid.io.load_inference_model": (
        "paddle.jit.load, for static programs paddle.static.load_inference_model"
    ),
    "fluid.io.load_params": "paddle.load, for static programs paddle.static.load",
    "fluid.io.load_persistables": "paddle.load, for static programs paddle.static.load",
    "fluid.io.load_program_state": "paddle.static.load_program_state",
    "fluid.io.load_vars": "paddle.load, for static programs paddle.static.load_vars",
    "fluid.io.save": "paddle.save, for static programs paddle.static.save",
    "fluid.io.save_inference_model": (
        "paddle.jit.save, for static programs paddle.static.save_inference_model"
    ),
    "fluid.io.save_params": "paddle.save, for static programs paddle.static.save",
    "fluid.io.save_persistables": "paddle.save, for static programs paddle.static.save",
    "fluid.io.save_vars": "paddle.save, for static programs paddle.static.save_vars",
    "fluid.io.set_program_state": "paddle.static.set_program_state",
    # programs and running them
    "fluid.BuildStrategy": "paddle.static.BuildStrategy",
    "fluid.CompiledProgram": "paddle.static.CompiledProgram",
    "fluid.CompiledProgram.with_data_parallel": "paddle.DataParallel",
    "fluid.ExecutionStrategy": "nothing: the executor decides by itself",
    "fluid.Executor.infer_from_dataset": "a Python loop over paddle.io.DataLoader",
    "fluid.Executor.train_from_dataset": "a Python loop over paddle.io.DataLoader",
    "fluid.HashName": "paddle.distributed.fleet",
    "fluid.ParallelExecutor": "paddle.DataParallel",
    "fluid.Program.all_parameters": "paddle.nn.Layer.parameters",
    "fluid.Program.block": "nothing: dynamic graphs have no blocks",
    "fluid.Program.clone": (
        "paddle.nn.Layer.eval for testing, for static programs paddle.static.Program.clone"
    ),
    "fluid.Program.global_seed": "paddle.seed",
    "fluid.Program.list_vars": (
        "paddle.nn.Layer.state_dict, for static programs paddle.static.Program.list_vars"
    ),
    "fluid.Program.num_blocks": "nothing: dynamic graphs have no blocks",
    "fluid.Program.parse_from_string": (
        "paddle.jit.load, for static programs paddle.static.deserialize_program"
    ),
    "fluid.Program.random_seed": "paddle.seed",
    "fluid.Program.to_string": "print(layer), or paddle.summary",
    "fluid.RoundRobin": "paddle.distributed.fleet",
    "fluid.Scope": "nothing: a paddle.nn.Layer holds its parameters; for static programs paddle.static.Scope",
    "fluid.append_backward": "paddle.Tensor.backward, in static programs paddle.static.append_backward",
    "fluid.backward.append_backward": (
        "paddle.Tensor.backward, in static programs paddle.static.append_backward"
    ),
    "fluid.backward.calc_gradient": "paddle.grad, in static programs paddle.static.gradients",
    "fluid.device_guard": "paddle.set_device, in static programs paddle.static.device_guard",
    "fluid.executor.global_scope": (
        "nothing: read the parameters of the paddle.nn.Layer; paddle.static.global_scope"
    ),
    "fluid.executor.scope_guard": "nothing: use two layers; for static programs paddle.static.scope_guard",
    "fluid.framework.ComplexVariable": "a paddle.Tensor of dtype complex64 or complex128",
    "fluid.framework.IrGraph": "nothing public",
    "fluid.framework.ParamBase": "paddle.create_parameter",
    "fluid.framework.Parameter": "paddle.create_parameter",
    "fluid.framework.cpu_places": "paddle.static.cpu_places",
    "fluid.framework.cuda_pinned_places": "paddle.CUDAPinnedPlace",
    "fluid.framework.cuda_places": "paddle.static.cuda_places",
    "fluid.framework.device_guard": "paddle.set_device, in static programs paddle.static.device_guard",
    "fluid.framework.get_flags": "paddle.get_flags",
    "fluid.framework.in_dygraph_mode": "paddle.in_dynamic_mode",
    "fluid.framework.is_compiled_with_cuda": "paddle.is_compiled_with_cuda",
    "fluid.framework.load_op_library": "paddle.utils.cpp_extension.load",
    "fluid.framework.name_scope": "paddle.static.name_scope",
    "fluid.framework.require_version": "paddle.utils.require_version",
    "fluid.framework.set_flags": "paddle.set_flags",
    "fluid.global_scope": "nothing: read the parameters of the paddle.nn.Layer; paddle.static.global_scope",
    "fluid.layer_helper.LayerHelper": "paddle.nn.Layer.create_parameter",
    "fluid.load_op_library": "paddle.utils.cpp_extension.load",
    "fluid.memory_optimize": "nothing: memory is reused without asking",
    "fluid.name_scope": "paddle.static.name_scope",
    "fluid.release_memory": "nothing: memory is reused without asking",
    "fluid.scope_guard": "nothing: use two layers; for static programs paddle.static.scope_guard",
    # variables and tensors
    "fluid.ComplexVariable": "a paddle.Tensor of dtype complex64 or complex128",
    "fluid.LoDTensor": "a padded paddle.Tensor and a tensor of the lengths",
    "fluid.LoDTensor.has_valid_recursive_sequence_lengths": "nothing: tensors have no LoD",
    "fluid.LoDTensor.lod": "a tensor of the lengths",
    "fluid.LoDTensor.recursive_sequence_lengths": "a tensor of the lengths",
    "fluid.LoDTensor.set": "paddle.to_tensor or paddle.Tensor.set_value",
    "fluid.LoDTensor.set_lod": "a tensor of the lengths",
    "fluid.LoDTensor.set_recursive_sequence_lengths": "a tensor of the lengths",
    "fluid.LoDTensor.shape": "paddle.Tensor.shape",
    "fluid.LoDTensorArray": "a Python list",
    "fluid.Tensor": "paddle.Tensor",
    "fluid.VarBase": "paddle.Tensor",
    "fluid.Variable.backward": "paddle.Tensor.backward",
    "fluid.Variable.clear_gradient": "paddle.Tensor.clear_grad",
    "fluid.Variable.detach": "paddle.Tensor.detach",
    "fluid.Variable.grad_name": "paddle.Tensor.grad, the gradient itself",
    "fluid.Variable.gradient": "paddle.Tensor.grad; between the layers only after paddle.Tensor.retain_grads",
    "fluid.Variable.numpy": "paddle.Tensor.numpy",
    "fluid.Variable.set_value": "paddle.Tensor.set_value",
    "fluid.Variable.to_string": "print(x)",
    "fluid.Variable.type": "nothing: a paddle.Tensor is always dense",
    "fluid.create_lod_tensor": "paddle.to_tensor of a padded array, and a tensor of the lengths",
    "fluid.create_random_int_lodtensor": "paddle.randint, and a tensor of the lengths",
    "fluid.layers.get_tensor_from_selected_rows": "nothing: paddle.Tensor.grad is an ordinary tensor",
    "fluid.layers.merge_selected_rows": "nothing: paddle.Tensor.grad is an ordinary tensor",
    # devices and settings
    "fluid.CUDAPinnedPlace": "paddle.CUDAPinnedPlace",
    "fluid.CUDAPlace": "paddle.CUDAPlace, or paddle.set_device('gpu:0')",
    "fluid.cpu_places": "paddle.static.cpu_places",
    "fluid.cuda_pinned_places": "paddle.CUDAPinnedPlace",
    "fluid.cuda_places": "paddle.static.cuda_places",
    "fluid.disable_dygraph": "paddle.enable_static",
    "fluid.disable_imperative": "paddle.enable_static",
    "fluid.enable_dygraph": "nothing: it is the default; after paddle.enable_static paddle.disable_static",
    "fluid.enable_imperative": "nothing: it is the default; after paddle.enable_static paddle.disable_static",
    "fluid.get_flags": "paddle.get_flags",
    "fluid.in_dygraph_mode": "paddle.in_dynamic_mode",
    "fluid.is_compiled_with_cuda": "paddle.is_compiled_with_cuda",
    "fluid.profiler.cuda_profiler": "paddle.profiler.Profiler",
    "fluid.profiler.profiler": "paddle.profiler.Profiler",
    "fluid.profiler.reset_profiler": "a new paddle.profiler.Profiler",
    "fluid.profiler.start_profiler": "paddle.profiler.Profiler.start",
    "fluid.profiler.stop_profiler": "paddle.profiler.Profiler.stop",
    "fluid.require_version": "paddle.utils.require_version",
    "fluid.set_flags": "paddle.set_flags",
    # parameters, initializers, regularizers, clipping
    "fluid.ParamAttr": "paddle.ParamAttr",
    "fluid.WeightNormParamAttr": (
        "paddle.nn.utils.weight_norm, in static programs paddle.static.WeightNormParamAttr"
    ),
    "fluid.param_attr.ParamAttr": "paddle.ParamAttr",
    "fluid.param_attr.WeightNormParamAttr": (
        "paddle.nn.utils.weight_norm, in static programs paddle.static.WeightNormParamAttr"
    ),
    "fluid.initializer.Bilinear": "paddle.nn.initializer.Bilinear",
    "fluid.initializer.BilinearInitializer": "paddle.nn.initializer.Bilinear",
    "fluid.initializer.Constant": "paddle.nn.initializer.Constant",
    "fluid.initializer.ConstantInitializer": "paddle.nn.initializer.Constant",
    "fluid.initializer.Initializer": "paddle.nn.initializer.Initializer",
    "fluid.initializer.MSRA": (
        "paddle.nn.initializer.KaimingUniform, with uniform=False paddle.nn.initializer.KaimingNormal"
    ),
    "fluid.initializer.MSRAInitializer": (
        "paddle.nn.initializer.KaimingUniform, with uniform=False paddle.nn.initializer.KaimingNormal"
    ),
    "fluid.initializer.Normal": "paddle.nn.initializer.Normal",
    "fluid.initializer.NormalInitializer": "paddle.nn.initializer.Normal",
    "fluid.initializer.NumpyArrayInitializer": "paddle.nn.initializer.Assign",
    "fluid.initializer.TruncatedNormal": "paddle.nn.initializer.TruncatedNormal",
    "fluid.initializer.TruncatedNormalInitializer": "paddle.nn.initializer.TruncatedNormal",
    "fluid.initializer.Uniform": "paddle.nn.initializer.Uniform",
    "fluid.initializer.UniformInitializer": "paddle.nn.initializer.Uniform",
    "fluid.initializer.Xavier": (
        "paddle.nn.initializer.XavierUniform, with uniform=False paddle.nn.initializer.XavierNormal"
    ),
    "fluid.initializer.XavierInitializer": (
        "paddle.nn.initializer.XavierUniform, with uniform=False paddle.nn.initializer.XavierNormal"
    ),
    "fluid.regularizer.L1Decay": "paddle.regularizer.L1Decay",
    "fluid.regularizer.L1DecayRegularizer": "paddle.regularizer.L1Decay",
    "fluid.regularizer.L2Decay": "paddle.regularizer.L2Decay",
    "fluid.regularizer.L2DecayRegularizer": "paddle.regularizer.L2Decay",
    "fluid.clip.ErrorClipByValue": "paddle.clip in a paddle.Tensor.register_hook",
    "fluid.clip.GradientClipByGlobalNorm": "paddle.nn.ClipGradByGlobalNorm as grad_clip of the optimizer",
    "fluid.clip.GradientClipByNorm": "paddle.nn.ClipGradByNorm as grad_clip of the optimizer",
    "fluid.clip.GradientClipByValue": "paddle.nn.ClipGradByValue as grad_clip of the optimizer",
    "fluid.clip.set_gradient_clip": "the argument grad_clip of the optimizers in paddle.optimizer",
    # optimizers
    "fluid.optimizer.Adadelta": "paddle.optimizer.Adadelta(parameters=..., weight_decay=...)",
    "fluid.optimizer.AdadeltaOptimizer": "paddle.optimizer.Adadelta(parameters=..., weight_decay=...)",
    "fluid.optimizer.Adagrad": "paddle.optimizer.Adagrad(parameters=..., weight_decay=...)",
    "fluid.optimizer.AdagradOptimizer": "paddle.optimizer.Adagrad(parameters=..., weight_decay=...)",
    "fluid.optimizer.Adam": "paddle.optimizer.Adam(parameters=..., weight_decay=...)",
    "fluid.optimizer.AdamOptimizer": "paddle.optimizer.Adam(parameters=..., weight_decay=...)",
    "fluid.optimizer.Adamax": "paddle.optimizer.Adamax(parameters=..., weight_decay=...)",
    "fluid.optimizer.AdamaxOptimizer": "paddle.optimizer.Adamax(parameters=..., weight_decay=...)",
    "fluid.optimizer.DGCMomentumOptimizer": (
        "paddle.optimizer.Momentum with paddle.distributed.fleet.DistributedStrategy.dgc"
    ),
    "fluid.optimizer.DecayedAdagrad": "has no successor; paddle.optimizer.RMSProp is the nearest",
    "fluid.optimizer.DecayedAdagradOptimizer": "has no successor; paddle.optimizer.RMSProp is the nearest",
    "fluid.optimizer.Dpsgd": (
        "has no successor; clip and add noise to the gradients before paddle.optimizer.SGD"
    ),
    "fluid.optimizer.DpsgdOptimizer": (
        "has no successor; clip and add noise to the gradients before paddle.optimizer.SGD"
    ),
    "fluid.optimizer.ExponentialMovingAverage": (
        "a Python loop over the parameters, in static programs paddle.static.ExponentialMovingAverage"
    ),
    "fluid.optimizer.Ftrl": "has no successor; paddle.optimizer.Adagrad is the nearest",
    "fluid.optimizer.FtrlOptimizer": "has no successor; paddle.optimizer.Adagrad is the nearest",
    "fluid.optimizer.Lamb": "paddle.optimizer.Lamb(parameters=...)",
    "fluid.optimizer.LambOptimizer": "paddle.optimizer.Lamb(parameters=...)",
    "fluid.optimizer.LarsMomentum": "paddle.incubate.optimizer.LarsMomentumOptimizer, in static programs",
    "fluid.optimizer.LarsMomentumOptimizer": (
        "paddle.incubate.optimizer.LarsMomentumOptimizer, in static programs"
    ),
    "fluid.optimizer.LookaheadOptimizer": "paddle.incubate.LookAhead",
    "fluid.optimizer.ModelAverage": "paddle.incubate.ModelAverage",
    "fluid.optimizer.Momentum": "paddle.optimizer.Momentum(parameters=..., weight_decay=...)",
    "fluid.optimizer.MomentumOptimizer": "paddle.optimizer.Momentum(parameters=..., weight_decay=...)",
    "fluid.optimizer.Optimizer": "paddle.optimizer.Optimizer",
    "fluid.optimizer.PipelineOptimizer": "paddle.distributed.fleet.DistributedStrategy.pipeline",
    "fluid.optimizer.RMSProp": "paddle.optimizer.RMSProp(parameters=..., weight_decay=...)",
    "fluid.optimizer.RMSPropOptimizer": "paddle.optimizer.RMSProp(parameters=..., weight_decay=...)",
    "fluid.optimizer.RecomputeOptimizer": "paddle.distributed.fleet.utils.recompute",
    "fluid.optimizer.SGD": "paddle.optimizer.SGD(parameters=..., weight_decay=...)",
    "fluid.optimizer.SGDOptimizer": "paddle.optimizer.SGD(parameters=..., weight_decay=...)",
    "fluid.optimizer.Optimizer.apply_gradients": "paddle.optimizer.Optimizer.step",
    "fluid.optimizer.Optimizer.backward": "paddle.Tensor.backward",
    "fluid.optimizer.Optimizer.clear_gradients": "paddle.optimizer.Optimizer.clear_grad",
    "fluid.optimizer.Optimizer.current_step_lr": "paddle.optimizer.Optimizer.get_lr",
    "fluid.optimizer.Optimizer.minimize": "paddle.Tensor.backward, then paddle.optimizer.Optimizer.step",
    "fluid.optimizer.Optimizer.set_dict": "paddle.optimizer.Optimizer.set_state_dict",
    "fluid.optimizer.Optimizer.state_dict": "paddle.optimizer.Optimizer.state_dict",
    # dynamic graphs
    "fluid.dygraph.BCELoss": "paddle_losses.nn.BCELoss, with weight= paddle.nn.BCELoss",
    "fluid.dygraph.BackwardStrategy": "paddle.set_flags({'FLAGS_sort_sum_gradient': True})",
    "fluid.dygraph.BatchNorm": "paddle.nn.BatchNorm1D, paddle.nn.BatchNorm2D or paddle.nn.BatchNorm3D",
    "fluid.dygraph.BilinearTensorProduct": "paddle.nn.Bilinear",
    "fluid.dygraph.Conv2D": "paddle.nn.Conv2D",
    "fluid.dygraph.Conv2DTranspose": "paddle.nn.Conv2DTranspose",
    "fluid.dygraph.Conv3D": "paddle.nn.Conv3D",
    "fluid.dygraph.Conv3DTranspose": "paddle.nn.Conv3DTranspose",
    "fluid.dygraph.DataParallel": "paddle.DataParallel",
    "fluid.dygraph.Dropout": (
        "paddle.nn.Dropout(mode='downscale_in_infer'): today's default is upscale_in_train"
    ),
    "fluid.dygraph.Embedding": "paddle.nn.Embedding",
    "fluid.dygraph.GRUUnit": "paddle.nn.GRUCell, whose gates are laid out differently",
    "fluid.dygraph.GroupNorm": "paddle.nn.GroupNorm",
    "fluid.dygraph.InstanceNorm": "paddle.nn.InstanceNorm2D",
    "fluid.dygraph.L1Loss": "paddle_losses.nn.L1Loss",
    "fluid.dygraph.Layer": "paddle.nn.Layer",
    "fluid.dygraph.Layer.add_parameter": "paddle.nn.Layer.add_parameter",
    "fluid.dygraph.Layer.add_sublayer": "paddle.nn.Layer.add_sublayer",
    "fluid.dygraph.Layer.clear_gradients": "paddle.optimizer.Optimizer.clear_grad",
    "fluid.dygraph.Layer.create_parameter": "paddle.nn.Layer.create_parameter",
    "fluid.dygraph.Layer.create_variable": "paddle.nn.Layer.register_buffer",
    "fluid.dygraph.Layer.load_dict": "paddle.nn.Layer.set_state_dict",
    "fluid.dygraph.Layer.parameters": "paddle.nn.Layer.parameters",
    "fluid.dygraph.Layer.set_dict": "paddle.nn.Layer.set_state_dict",
    "fluid.dygraph.Layer.state_dict": "paddle.nn.Layer.state_dict",
    "fluid.dygraph.LayerList": "paddle.nn.LayerList",
    "fluid.dygraph.LayerNorm": "paddle.nn.LayerNorm",
    "fluid.dygraph.Linear": "paddle.nn.Linear",
    "fluid.dygraph.MSELoss": "paddle_losses.nn.MSELoss",
    "fluid.dygraph.NCE": "paddle.static.nn.nce, in static programs",
    "fluid.dygraph.NLLLoss": "paddle.nn.NLLLoss",
    "fluid.dygraph.PRelu": "paddle.nn.PReLU",
    "fluid.dygraph.ParallelEnv": "paddle.distributed.ParallelEnv",
    "fluid.dygraph.ParameterList": "paddle.nn.ParameterList",
    "fluid.dygraph.Pool2D": (
        "paddle.nn.MaxPool2D(stride=1) or paddle.nn.AvgPool2D(stride=1): today's default stride is the size"
    ),
    "fluid.dygraph.ProgramTranslator": "paddle.jit.enable_to_static",
    "fluid.dygraph.Sequential": "paddle.nn.Sequential",
    "fluid.dygraph.SpectralNorm": "paddle.nn.SpectralNorm",
    "fluid.dygraph.TracedLayer": "paddle.jit.to_static and paddle.jit.save",
    "fluid.dygraph.TreeConv": "has no successor",
    "fluid.dygraph.declarative": "paddle.jit.to_static",
    "fluid.dygraph.disable_dygraph": "paddle.enable_static",
    "fluid.dygraph.disable_imperative": "paddle.enable_static",
    "fluid.dygraph.dygraph_to_static_func": "paddle.jit.to_static",
    "fluid.dygraph.enable_dygraph": (
        "nothing: it is the default; after paddle.enable_static paddle.disable_static"
    ),
    "fluid.dygraph.enable_imperative": (
        "nothing: it is the default; after paddle.enable_static paddle.disable_static"
    ),
    "fluid.dygraph.enabled": "paddle.in_dynamic_mode",
    "fluid.dygraph.grad": "paddle.grad",
    "fluid.dygraph.guard": "nothing: dynamic graphs are the default",
    "fluid.dygraph.no_grad": "paddle.no_grad",
    "fluid.dygraph.prepare_context": "paddle.distributed.init_parallel_env",
    "fluid.dygraph.to_variable": "paddle.to_tensor",
    "fluid.BCELoss": "paddle_losses.nn.BCELoss, with weight= paddle.nn.BCELoss",
    "fluid.BatchNorm": "paddle.nn.BatchNorm1D, paddle.nn.BatchNorm2D or paddle.nn.BatchNorm3D",
    "fluid.BilinearTensorProduct": "paddle.nn.Bilinear",
    "fluid.Conv2D": "paddle.nn.Conv2D",
    "fluid.Conv2DTranspose": "paddle.nn.Conv2DTranspose",
    "fluid.Conv3D": "paddle.nn.Conv3D",
    "fluid.Conv3DTranspose": "paddle.nn.Conv3DTranspose",
    "fluid.Dropout": "paddle.nn.Dropout(mode='downscale_in_infer'): today's default is upscale_in_train",
    "fluid.Embedding": "paddle.nn.Embedding",
    "fluid.GRUUnit": "paddle.nn.GRUCell, whose gates are laid out differently",
    "fluid.GroupNorm": "paddle.nn.GroupNorm",
    "fluid.InstanceNorm": "paddle.nn.InstanceNorm2D",
    "fluid.L1Loss": "paddle_losses.nn.L1Loss",
    "fluid.Layer": "paddle.nn.Layer",
    "fluid.LayerNorm": "paddle.nn.LayerNorm",
    "fluid.Linear": "paddle.nn.Linear",
    "fluid.MSELoss": "paddle_losses.nn.MSELoss",
    "fluid.NCE": "paddle.static.nn.nce, in static programs",
    "fluid.NLLLoss": "paddle.nn.NLLLoss",
    "fluid.PRelu": "paddle.nn.PReLU",
    "fluid.Pool2D": (
        "paddle.nn.MaxPool2D(stride=1) or paddle.nn.AvgPool2D(stride=1): today's default stride is the size"
    ),
    "fluid.SpectralNorm": "paddle.nn.SpectralNorm",
    "fluid.TreeConv": "has no successor",
    # distributed training
    "fluid.DistMultiTrainer": "paddle.distributed.fleet",
    "fluid.DistributeTranspiler": "paddle.distributed.fleet",
    "fluid.DistributeTranspilerConfig": "paddle.distributed.fleet.DistributedStrategy",
    "fluid.MultiTrainer": "paddle.distributed.fleet",
    "fluid.PipelineTrainer": "paddle.distributed.fleet",
    "fluid.TrainerDesc": "paddle.distributed.fleet",
    "fluid.transpiler.DistributeTranspiler": "paddle.distributed.fleet",
    "fluid.transpiler.DistributeTranspilerConfig": "paddle.distributed.fleet.DistributedStrategy",
    "fluid.transpiler.HashName": "paddle.distributed.fleet",
    "fluid.transpiler.RoundRobin": "paddle.distributed.fleet",
    "fluid.transpiler.memory_optimize": "nothing: memory is reused without asking",
    "fluid.transpiler.release_memory": "nothing: memory is reused without asking",
    # below fluid.contrib
    "fluid.contrib.BasicGRUUnit": "paddle.nn.GRUCell",
    "fluid.contrib.BasicLSTMUnit": "paddle.nn.LSTMCell; the old one added 1 to the forget gate",
    "fluid.contrib.BeamSearchDecoder": "paddle.nn.BeamSearchDecoder",
    "fluid.contrib.Compressor": "the package PaddleSlim",
    "fluid.contrib.HDFSClient": "paddle.distributed.fleet.utils.HDFSClient",
    "fluid.contrib.InitState": "the states given to paddle.nn.RNN",
    "fluid.contrib.QuantizeTranspiler": "paddle.quantization.QAT",
    "fluid.contrib.StateCell": "paddle.nn.RNNCellBase",
    "fluid.contrib.TrainingDecoder": "paddle.nn.RNN",
    "fluid.contrib.basic_gru": "paddle.nn.GRU",
    "fluid.contrib.basic_lstm": "paddle.nn.LSTM; the old one added 1 to the forget gate",
    "fluid.contrib.convert_dist_to_sparse_program": (
        "has no successor; paddle.distributed.fleet keeps the tables"
    ),
    "fluid.contrib.ctr_metric_bundle": "paddle.static.ctr_metric_bundle",
    "fluid.contrib.distributed_batch_reader": "paddle.io.DistributedBatchSampler",
    "fluid.contrib.extend_with_decoupled_weight_decay": (
        "paddle.optimizer.AdamW for Adam, where the decay is times the learning rate"
    ),
    "fluid.contrib.fused_elemwise_activation": "the two operations one after the other",
    "fluid.contrib.fused_embedding_seq_pool": "paddle.nn.functional.embedding, then paddle.sum over time",
    "fluid.contrib.load_persistables_for_increment": "paddle.distributed.fleet",
    "fluid.contrib.load_persistables_for_inference": "paddle.distributed.fleet",
    "fluid.contrib.match_matrix_tensor": "paddle.einsum on padded tensors",
    "fluid.contrib.memory_usage": "paddle.device.cuda.max_memory_allocated, measured while it runs",
    "fluid.contrib.mixed_precision.AutoMixedPrecisionLists": (
        "paddle.amp.auto_cast(custom_white_list=..., custom_black_list=...)"
    ),
    "fluid.contrib.mixed_precision.decorate": (
        "paddle.amp.auto_cast and paddle.amp.GradScaler, in static programs paddle.static.amp.decorate"
    ),
    "fluid.contrib.multi_download": "paddle.distributed.fleet.utils.HDFSClient",
    "fluid.contrib.multi_upload": "paddle.distributed.fleet.utils.HDFSClient",
    "fluid.contrib.multiclass_nms2": (
        "paddle.vision.ops.nms(category_idxs=..., categories=...), one image at a time"
    ),
    "fluid.contrib.op_freq_statistic": "has no successor; paddle.profiler.Profiler counts what runs",
    "fluid.contrib.partial_concat": (
        "paddle.concat of slices, in static programs paddle.incubate.layers.partial_concat"
    ),
    "fluid.contrib.partial_sum": (
        "paddle.add_n of slices, in static programs paddle.incubate.layers.partial_sum"
    ),
    "fluid.contrib.rank_attention": "paddle.incubate.layers.rank_attention, in static programs",
    "fluid.contrib.search_pyramid_hash": "paddle.incubate.layers.search_pyramid_hash, in static programs",
    "fluid.contrib.sequence_topk_avg_pooling": "paddle.topk of padded tensors, then paddle.mean",
    "fluid.contrib.shuffle_batch": "x[paddle.randperm(len(x))]",
    "fluid.contrib.summary": "paddle.summary",
    "fluid.contrib.tdm_child": "paddle.incubate.layers.tdm_child, in static programs",
    "fluid.contrib.tdm_sampler": "paddle.incubate.layers.tdm_sampler, in static programs",
    "fluid.contrib.tree_conv": "has no successor",
    "fluid.contrib.var_conv_2d": "paddle.nn.Conv2D on padded tensors",
    # below fluid.core
    "fluid.core.AnalysisConfig": "paddle.inference.Config",
    "fluid.core.AnalysisPredictor": "paddle.inference.Predictor",
    "fluid.core.BackwardStrategy": "paddle.set_flags({'FLAGS_sort_sum_gradient': True})",
    "fluid.core.BlockDesc": "nothing: dynamic graphs have no blocks",
    "fluid.core.CPUPlace": "paddle.CPUPlace, or paddle.set_device('cpu')",
    "fluid.core.CUDAPinnedPlace": "paddle.CUDAPinnedPlace",
    "fluid.core.CUDAPlace": "paddle.CUDAPlace, or paddle.set_device('gpu:0')",
    "fluid.core.EOFException": "nothing: the loop over paddle.io.DataLoader ends by itself",
    "fluid.core.EnforceNotMet": "ValueError, RuntimeError and the other exceptions of Python",
    "fluid.core.Executor": "paddle.static.Executor",
    "fluid.core.LoDTensor": "a padded paddle.Tensor and a tensor of the lengths",
    "fluid.core.LoDTensorArray": "a Python list",
    "fluid.core.OpDesc": "nothing: dynamic graphs run at once",
    "fluid.core.PaddleTensor": "the input and output handles of paddle.inference.Predictor",
    "fluid.core.ParallelExecutor": "paddle.DataParallel",
    "fluid.core.ProgramDesc": "paddle.static.Program",
    "fluid.core.Scope": (
        "nothing: a paddle.nn.Layer holds its parameters; for static programs paddle.static.Scope"
    ),
    "fluid.core.SelectedRows": "nothing: paddle.Tensor.grad is an ordinary tensor",
    "fluid.core.Tensor": "paddle.Tensor",
    "fluid.core.VarBase": "paddle.Tensor",
    "fluid.core.VarDesc": "dtypes are strings such as 'float32', or paddle.float32",
    "fluid.core.VarDesc.VarType": "dtypes are strings such as 'float32', or paddle.float32",
    "fluid.core.VarDesc.VarType.BOOL": "'bool' or paddle.bool",
    "fluid.core.VarDesc.VarType.FP16": "'float16' or paddle.float16",
    "fluid.core.VarDesc.VarType.FP32": "'float32' or paddle.float32",
    "fluid.core.VarDesc.VarType.FP64": "'float64' or paddle.float64",
    "fluid.core.VarDesc.VarType.INT16": "'int16' or paddle.int16",
    "fluid.core.VarDesc.VarType.INT32": "'int32' or paddle.int32",
    "fluid.core.VarDesc.VarType.INT64": "'int64' or paddle.int64",
    "fluid.core.VarDesc.VarType.INT8": "'int8' or paddle.int8",
    "fluid.core.VarDesc.VarType.LOD_TENSOR": "nothing: a paddle.Tensor is always dense",
    "fluid.core.VarDesc.VarType.LOD_TENSOR_ARRAY": "a Python list",
    "fluid.core.VarDesc.VarType.SELECTED_ROWS": "nothing: a paddle.Tensor is always dense",
    "fluid.core.VarDesc.VarType.UINT8": "'uint8' or paddle.uint8",
    "fluid.core.Variable": "paddle.Tensor",
    "fluid.core.create_paddle_predictor": "paddle.inference.create_predictor",
    "fluid.core.get_cuda_device_count": "paddle.device.cuda.device_count",
    "fluid.core.globals": "paddle.get_flags and paddle.set_flags",
    "fluid.core.is_compiled_with_cuda": "paddle.is_compiled_with_cuda",
    "fluid.core.load_op_library": "paddle.utils.cpp_extension.load",
    "fluid.core.ops": "paddle and paddle.nn.functional",
    # attributes of programs, blocks, variables and scopes that were there without documentation
    "fluid.Block.all_parameters": "paddle.nn.Layer.parameters",
    "fluid.Block.append_op": "nothing: call the function itself",
    "fluid.Block.create_parameter": "paddle.nn.Layer.create_parameter",
    "fluid.Block.idx": "nothing: dynamic graphs have no blocks",
    "fluid.Block.iter_parameters": "paddle.nn.Layer.parameters",
    "fluid.Block.parent_idx": "nothing: dynamic graphs have no blocks",
    "fluid.Block.to_string": "nothing: dynamic graphs have no blocks",
    "fluid.LoDTensorArray.append": "append() to a Python list",
    "fluid.Program.blocks": "nothing: dynamic graphs have no blocks",
    "fluid.Program.current_block_idx": "nothing: dynamic graphs have no blocks",
    "fluid.Program.desc": "nothing: dynamic graphs run at once",
    "fluid.Scope.find_var": "paddle.nn.Layer.state_dict, by name",
    "fluid.Scope.new_scope": "nothing: a paddle.nn.Layer holds its parameters",
    "fluid.Scope.var": "paddle.nn.Layer.state_dict, by name",
    "fluid.Variable.desc": "nothing: dynamic graphs run at once",
    "fluid.Variable.error_clip": "paddle.clip in a paddle.Tensor.register_hook",
    "fluid.Variable.is_data": "nothing: dynamic graphs run at once",
    "fluid.Variable.op": "nothing: dynamic graphs run at once",
    "fluid.Variable.value": "the tensor itself",
}
